"""Photos at the size they are printed, the seal without its paper, and the QR code."""

import io

import qrcode
from PIL import Image, ImageChops, ImageOps
from qrcode.image.svg import SvgPathImage

_MANY = 120
_SIDE, _SIDE_OF_MANY = 800, 400  # a half and a quarter of what evidence shows; 260 and 130 dots an inch in print
_QUALITY = 78
_SEAL_SIDE = 700
_LARGEST = 40_000_000  # pixels; what evidence keeps is far below


class Unreadable(Exception):
    """Bytes that are no picture of the kind that was asked for."""


def for_print(photo: bytes, of: int) -> bytes:
    """A JPEG in the size for one of `of` photos, without metadata. Raises Unreadable."""
    side = _SIDE if of <= _MANY else _SIDE_OF_MANY
    image = _opened(photo, "JPEG")
    image.draft("RGB", _fitted(image.size, side))  # the decoder halves for nothing
    small = _loaded(image).convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.info.clear()
    return _saved(small, "JPEG", quality=_QUALITY)


def seal(picture: bytes) -> bytes:
    """A PNG through which the text below stays readable, also when the seal was scanned on white. Raises Unreadable."""
    image = _loaded(_opened(picture, "PNG", "JPEG")).convert("RGBA")
    image.thumbnail((_SEAL_SIDE, _SEAL_SIDE))
    if image.getchannel("A").getextrema() == (255, 255):  # no pixel is transparent
        red, green, blue = image.convert("RGB").split()
        image.putalpha(ImageOps.invert(ImageChops.darker(ImageChops.darker(red, green), blue)))
    image.info.clear()
    return _saved(image, "PNG")


def qr(address: str) -> bytes:
    """An SVG; M survives a stain on a printed page."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, image_factory=SvgPathImage)
    code.add_data(address)
    out = io.BytesIO()
    code.make_image().save(out)
    return out.getvalue()


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = side / max(size)
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _opened(picture: bytes, *formats: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(picture), formats=formats)
    except Exception as error:  # decoders answer hostile bytes with errors of every kind
        raise Unreadable(type(error).__name__) from error
    if image.width * image.height > _LARGEST:
        raise Unreadable("too many pixels")
    return image


def _loaded(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except Exception as error:  # as above
        raise Unreadable(type(error).__name__) from error
    return image


def _saved(image: Image.Image, format_: str, **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()
