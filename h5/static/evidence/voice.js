// A voice note, recorded on the page; where the browser has no recorder, a file is chosen instead.

import { SLICE, VOICE_SECONDS } from "./limits.js";
import { recordingOf, slicing } from "./slices.js";

const TYPES = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

const silence = (stream) => stream.getTracks().forEach((track) => track.stop());

// Throws where the browser cannot record what the microphone gives; the microphone is off then.
const recorderOf = (stream) => {
  try {
    const mimeType = TYPES.find((type) => window.MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    recorder.start(SLICE * 1000);
    return recorder;
  } catch (error) {
    silence(stream);
    throw error;
  }
};

// Records for a place until `stop` is called or the time is over: {stop, recorded, over}; `over` is told when what was
// recorded lies on the phone or was refused. Throws when the microphone is not given.
export const record = async (place, tick) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = recorderOf(stream);
  const slices = slicing(place);
  const parts = [];
  let seconds = 0;
  const timer = window.setInterval(() => {
    seconds += 1;
    tick(seconds);
    if (seconds >= VOICE_SECONDS - 1) recorder.stop();
  }, 1000);
  const recorded = new Promise((done) => {
    recorder.ondataavailable = ({ data }) => {
      parts.push(data);
      slices.add(data, recorder.mimeType);
    };
    recorder.onstop = async () => {
      window.clearInterval(timer);
      silence(stream);
      await slices.written();
      done(recordingOf(slices.recording, parts, recorder.mimeType));
    };
  });
  return { stop: () => recorder.state !== "inactive" && recorder.stop(), recorded, over: slices.over };
};
