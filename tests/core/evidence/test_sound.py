import io

import av
import pytest

from core.evidence import sound
from core.evidence.refusal import EvidenceRefused, Reason
from core.evidence.sniff import sniff
from tests.core.evidence import material


def prepared(data: bytes) -> sound.Voice:
    return sound.prepare(data, sniff(data))


def refused(data: bytes) -> EvidenceRefused:
    with pytest.raises(EvidenceRefused) as error:
        prepared(data)
    return error.value


@pytest.mark.parametrize(
    "data",
    [
        material.voice(3),
        material.wav(3),
        material.voice(3, "mp3", "libmp3lame", 24_000),
        material.voice(3, "ipod", "aac", 16_000),
        material.voice(3, "ogg", "libopus", 16_000),
        material.voice(3, "webm", "libopus", 16_000),
    ],
    ids=["amr", "wav", "mp3", "m4a", "ogg", "webm"],
)
def test_every_voice_becomes_mp3(data: bytes) -> None:
    voice = prepared(data)
    assert voice.seconds == pytest.approx(3, abs=0.15)
    with av.open(io.BytesIO(voice.shown)) as heard:
        stream = heard.streams.audio[0]
        assert (stream.codec_context.name, stream.channels, stream.rate) == ("mp3float", 1, 24_000)
        assert heard.duration / av.time_base == pytest.approx(3, abs=0.2)
        assert dict(heard.metadata) == {}


def test_a_full_minute_is_taken_and_a_second_more_is_not() -> None:
    assert prepared(material.voice(60)).seconds == 60
    error = refused(material.voice(61))
    assert (error.reason, error.sentence) == (Reason.TOO_LONG, "录音超过 60 秒了，请分成几段，每段 60 秒以内再发。")


def test_a_dishonest_rate_does_not_blow_up() -> None:
    """A sample a second would make a small file last for hours."""
    slow = bytearray(material.wav(5))
    slow[24:32] = (1).to_bytes(4, "little") + (2).to_bytes(4, "little")
    assert refused(bytes(slow)).reason is Reason.SOUND_FORMAT


def test_a_rate_beyond_hearing_is_refused_before_it_costs_memory() -> None:
    fast = bytearray(material.wav(0.1))
    fast[24:28] = (956_309_312).to_bytes(4, "little")
    assert refused(bytes(fast)).sentence == "这种录音格式打不开，请在聊天里按住说话，重新录一段。"


@pytest.mark.parametrize("kept", [6, 10, 300, 1_000])
def test_a_voice_cut_short_is_refused(kept: int) -> None:
    error = refused(material.voice(2)[:kept])
    assert error.sentence == "录音不完整或已损坏，请重新发送一次；还是不行，请重新录制。"


def test_a_voice_without_a_sound_in_it_is_refused() -> None:
    assert refused(material.wav(0)).reason is Reason.DAMAGED
