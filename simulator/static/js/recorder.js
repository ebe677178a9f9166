import { h, icon } from "./dom.js";
import { duration } from "./times.js";
import { toast } from "./toast.js";

const LONGEST_SECONDS = 60;

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;

/** Records from the microphone until tapped again, at most as long as WeCom allows. */
export class Recorder {
  constructor(done) {
    this.done = done;
    this.time = h("span", {}, "点一下开始录音");
    this.node = h("button", { class: "record", type: "button", onclick: () => (this.running ? this.finish() : this.start()) },
      h("span", { class: "record-icon" }, icon("microphone")), this.time);
  }

  get running() {
    return this.machine?.state === "recording";
  }

  async start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      toast("没有得到麦克风的许可，请选一段现成的语音", "error");
      return;
    }
    this.begin(stream);
  }

  begin(stream) {
    const pieces = [];
    this.cancelled = false;
    this.machine = new MediaRecorder(stream);
    this.machine.addEventListener("dataavailable", (event) => pieces.push(event.data));
    this.machine.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(this.timer);
      if (!this.cancelled) this.done(new File(pieces, "voice.webm", { type: this.machine.mimeType }));
    });
    this.machine.start();
    this.node.classList.add("running");
    this.count(performance.now());
  }

  count(from) {
    this.timer = setInterval(() => {
      const seconds = (performance.now() - from) / 1000;
      this.time.textContent = `${duration(seconds)} 点一下发送`;
      if (seconds >= LONGEST_SECONDS) this.finish();
    }, 250);
  }

  finish() {
    if (this.running) this.machine.stop();
  }

  cancel() {
    this.cancelled = true;
    this.finish();
  }
}
