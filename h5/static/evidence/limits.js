// Every figure of taking, keeping and sending files from a phone.

const MB = 1024 * 1024;

export const LONGEST_SIDE = 2560; // pixels of a photo that is sent
export const THUMB_SIDE = 320;
export const QUALITY = 0.85;
export const SMALL_ENOUGH = 1.5 * MB; // a photo that is sent as it is
export const MOST_BYTES = { photo: 20 * MB, voice: 2 * MB, video: 50 * MB }; // as the service takes them
export const VOICE_SECONDS = 60;
export const SLICE = 1; // seconds of a recording under way that are kept at a time; what is lost when its page dies
export const CHUNK = 1.5 * MB; // of an upload; what is lost when the network breaks off
export const OPENING = 5; // seconds that the phone's own store may take to open
export const PAUSES = [1, 2, 5, 10, 30, 60]; // seconds before the next try, the last one again and again
