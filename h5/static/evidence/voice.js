// A voice note, recorded on the page; where the browser has no recorder, a file is chosen instead.

import { VOICE_SECONDS } from "./limits.js";

const TYPES = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

const silence = (stream) => stream.getTracks().forEach((track) => track.stop());

// Throws where the browser cannot record what the microphone gives; the microphone is off then.
const recorderOf = (stream) => {
  try {
    const mimeType = TYPES.find((type) => window.MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    recorder.start();
    return recorder;
  } catch (error) {
    silence(stream);
    throw error;
  }
};

// Records until `stop` is called or the time is over: {stop, recorded}. Throws when the microphone is not given.
export const record = async (tick) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = recorderOf(stream);
  const parts = [];
  let seconds = 0;
  const timer = window.setInterval(() => {
    seconds += 1;
    tick(seconds);
    if (seconds >= VOICE_SECONDS - 1) recorder.stop();
  }, 1000);
  const recorded = new Promise((done) => {
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => {
      window.clearInterval(timer);
      silence(stream);
      done(new File(parts, "录音", { type: recorder.mimeType }));
    };
  });
  return { stop: () => recorder.state !== "inactive" && recorder.stop(), recorded };
};
