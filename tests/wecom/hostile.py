"""Bodies meant to do harm to the callback's reader, and dice that scramble good ones."""

import random

_LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_BILLION_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE xml [{_LAUGHS}]><xml><Encrypt>&l9;</Encrypt></xml>'


def bodies(encrypt: str) -> dict[str, bytes]:
    """By name; where it helps the harm they hold this ciphertext, which is in order. Not one is to be decrypted."""
    inside = f"<ToUserName><![CDATA[ww]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt>"
    return {name: text.encode() for name, text in (_documents(inside) | _json(encrypt)).items()} | _encoded(inside)


def _documents(inside: str) -> dict[str, str]:
    outside, element = "http://e.example/x", "<xml><Encrypt>a</Encrypt></xml>"
    return {
        "billion laughs": _BILLION_LAUGHS,
        "quadratic blow-up": f'<!DOCTYPE xml [<!ENTITY a "{"a" * 20000}">]><xml><a>{"&a;" * 9000}</a></xml>',
        "external entity": '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]><xml><Encrypt>&x;</Encrypt></xml>',
        "parameter entity": f'<!DOCTYPE xml [<!ENTITY % x SYSTEM "{outside}"> %x;]>{element}',
        "external DTD": f'<!DOCTYPE xml SYSTEM "{outside}.dtd">{element}',
        "lower-case doctype": f"<!doctype xml>{element}",
        "doctype after a comment": f"<!-- --><!DOCTYPE xml>{element}",
        "doctype inside": "<xml><!DOCTYPE xml><Encrypt>a</Encrypt></xml>",
        "undeclared entity": "<xml><Encrypt>&nothing;</Encrypt></xml>",
        "processing instruction first": f'<?xml-stylesheet href="x"?><xml>{inside}</xml>',
        "null byte": f"<xml>\0{inside}</xml>",
        "null bytes only": "\0" * 100,
        "nested tags": "<xml>" + "<a>" * 9000 + "</a>" * 9000 + "</xml>",
        "deeply nested tags": "<xml>" + "<a>" * 2000 + "</a>" * 2000 + "</xml>",
        "50,000 nested tags": "<xml>" + "<a>" * 50_000 + "</a>" * 50_000 + "</xml>",
        "open tags": "<xml>" + "<a>" * 20000,
        "attributes": "<xml " + " ".join(f'a{n}=""' for n in range(7000)) + "></xml>",
        "20,000 attributes": "<xml " + " ".join(f'a{n}=""' for n in range(20_000)) + f">{inside}</xml>",
        "double Encrypt": f"<xml>{inside}{inside}</xml>",
        "double Encrypt in two cases": f"<xml>{inside}{inside.replace('Encrypt', 'ENCRYPT')}</xml>",
        "nested Encrypt": f"<xml><Encrypt>{inside}</Encrypt></xml>",
        "Encrypt one level down": f"<xml><a>{inside}</a></xml>",
        "no Encrypt": "<xml></xml>",
        "empty Encrypt": "<xml><Encrypt>  </Encrypt></xml>",
        "another root": f"<html>{inside}</html>",
        "two roots": f"<xml>{inside}</xml><xml>{inside}</xml>",
        "unclosed": f"<xml>{inside}",
        "nothing": "",
        "spaces": "   \n ",
        "words": "hello",
    }


def _json(encrypt: str) -> dict[str, str]:
    return {
        "JSON list": '["encrypt"]',
        "JSON nesting": '{"a":' * 5000 + "1" + "}" * 5000,
        "JSON array nesting": '{"encrypt":' + "[" * 20000 + "]" * 20000 + "}",
        "JSON double": f'{{"encrypt":"{encrypt}","Encrypt":"{encrypt}"}}',
        "JSON object inside": '{"encrypt":{"a":"b"}}',
        "JSON cut": '{"encrypt":"',
        "JSON huge number": '{"encrypt":' + "9" * 60000 + "}",
        "JSON with a colon for a quote": '{"encrypt:"a"}',
    }


def _encoded(inside: str) -> dict[str, bytes]:
    return {
        "UTF-16": f"<xml>{inside}</xml>".encode("utf-16"),
        "UTF-16 without mark": f"<xml>{inside}</xml>".encode("utf-16-le"),
        "UTF-16 doctype": _BILLION_LAUGHS.encode("utf-16"),
        "UTF-7 declared": b'<?xml version="1.0" encoding="utf-7"?>+ADw-xml+AD4-',
    }


def scramble(chance: random.Random, text: bytearray) -> None:
    """Overwrites, cuts and doubles a few places."""
    for _ in range(chance.randint(1, 5)):
        at, length = chance.randrange(len(text)), chance.choice([0, 1, 1, 2, 40])
        text[at : at + length] = chance.randbytes(chance.choice([0, 1, 1, 3])) or text[at // 2 : at // 2 + length]
