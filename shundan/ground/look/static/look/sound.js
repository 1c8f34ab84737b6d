// Sounds of the stations: right is short and high, wrong is two low tones, stop is long. Never colour alone.
"use strict";
(() => {
  const TONES = { right: [[1320, 0, 0.09]], wrong: [[220, 0, 0.16], [196, 0.22, 0.2]], stop: [[160, 0, 1.4]] };
  let audio = null;

  function play(name) {
    const tones = TONES[name];
    if (!tones) return;
    audio = audio || new (window.AudioContext || window.webkitAudioContext)();
    audio.resume?.();
    for (const [pitch, start, length] of tones) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = name === "right" ? "sine" : "square";
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(name === "right" ? 0.25 : 0.18, audio.currentTime + start);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + length);
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + length);
    }
  }
  window.shundan = Object.assign(window.shundan || {}, { sound: play });

  // An element with data-sound plays when it appears; data-focus takes the scanner's keys.
  function appear(within) {
    const sounding = within.matches?.("[data-sound]") ? within : within.querySelector?.("[data-sound]");
    if (sounding) play(sounding.dataset.sound);
    within.querySelector?.("[data-focus]")?.focus();
  }
  document.addEventListener("htmx:afterSwap", (event) => appear(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => appear(document.body));
  document.addEventListener("htmx:sendError", () => play("wrong"));
  // A scanner types without looking where the focus is.
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-focus]");
    if (field && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.target.matches("input, textarea, select")) field.focus();
  });
})();
