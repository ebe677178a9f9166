// A voice note, recorded on the page; where the browser has no recorder, a file is chosen instead.

import { VOICE_SECONDS } from "./limits.js";

const TYPES = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

// Records until `stop` is called or the time is over: {stop, recorded}. Throws when the microphone is not given.
export const record = async (tick) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = TYPES.find((type) => window.MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
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
      stream.getTracks().forEach((track) => track.stop());
      done(new File(parts, "录音", { type: recorder.mimeType }));
    };
  });
  recorder.start();
  return { stop: () => recorder.state !== "inactive" && recorder.stop(), recorded };
};
