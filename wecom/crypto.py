"""Signature and encryption of callbacks (path/90968), with the return codes of path/90307."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BAD_SIGNATURE = -40001
BAD_BODY = -40002
BAD_AES_KEY = -40004
WRONG_RECEIVER = -40005
BAD_CIPHERTEXT = -40007
BAD_PLAINTEXT = -40008
BAD_BASE64 = -40010

_BLOCK = 32  # the padding block; AES's own is 16, and unpadding by that refuses valid messages
_HEAD = 20  # 16 random bytes, then the message's length in 4
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class Refused(Exception):
    """A callback that is not served. `reason` is for the log and holds no part of the input."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason

    @property
    def status(self) -> int:
        """The HTTP status to answer with: 400 for a body we cannot read, 403 for everything unproven."""
        return 400 if self.code == BAD_BODY else 403


class TooLarge(Refused):
    @property
    def status(self) -> int:
        return 413


class Crypto:
    """Raises Refused(-40004) for a key that is not 43 letters and digits."""

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        if not _AES_KEY.fullmatch(aes_key):
            raise Refused(BAD_AES_KEY, "the EncodingAESKey must be 43 letters and digits")
        key = base64.b64decode(aes_key + "=")
        self._cipher = Cipher(AES(key), CBC(key[:16]))
        self._token = _bytes(token)
        self._receive_id = _bytes(receive_id)

    def signature(self, timestamp: str, nonce: str, encrypt: str) -> str:
        parts = sorted((self._token, _bytes(timestamp), _bytes(nonce), _bytes(encrypt)))
        return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()  # the platform's choice of hash

    def decrypt(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> bytes:
        """The message inside `encrypt`, after signature, padding, length and receiver were found right."""
        self.check(signature, timestamp, nonce, encrypt)
        return self._message(_unpad(self._open(_decode(encrypt))))

    def check(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> None:
        expected = self.signature(timestamp, nonce, encrypt)
        if not hmac.compare_digest(expected.encode(), _bytes(signature)):
            raise Refused(BAD_SIGNATURE, "the signature does not fit")

    def encrypt(self, msg: bytes, *, random16: bytes | None = None) -> str:
        """`random16` is for test vectors only."""
        plain = (random16 or secrets.token_bytes(16)) + len(msg).to_bytes(4, "big") + msg + self._receive_id
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(_pad(plain)) + encryptor.finalize()).decode()

    def _open(self, sealed: bytes) -> bytes:
        if not sealed or len(sealed) % _BLOCK:
            raise Refused(BAD_CIPHERTEXT, "the ciphertext is not a whole number of blocks")
        decryptor = self._cipher.decryptor()
        return decryptor.update(sealed) + decryptor.finalize()

    def _message(self, plain: bytes) -> bytes:
        end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
        if len(plain) < end:
            raise Refused(BAD_PLAINTEXT, "the stated length is longer than the plaintext")
        if not hmac.compare_digest(plain[end:], self._receive_id):
            raise Refused(WRONG_RECEIVER, "the message is for another corporation")
        return plain[_HEAD:end]


def _bytes(text: str) -> bytes:
    # A query may hold lone surrogates (undecodable percent escapes); they must fail the check, not crash it.
    return text.encode("utf-8", "surrogatepass")


def _decode(encrypt: str) -> bytes:
    try:
        return base64.b64decode(encrypt, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(BAD_BASE64, "the ciphertext is not base64") from None


def _pad(plain: bytes) -> bytes:
    count = _BLOCK - len(plain) % _BLOCK
    return plain + bytes([count]) * count


def _unpad(plain: bytes) -> bytes:
    count = plain[-1]
    if not 1 <= count <= _BLOCK or plain[-count:] != bytes([count]) * count:
        raise Refused(BAD_PLAINTEXT, "the padding is wrong")
    return plain[:-count]
