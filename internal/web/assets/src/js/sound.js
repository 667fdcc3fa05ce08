// Sounds of a desk, made on the spot: one short high = accepted, two = needs an answer, one long low = refused.
// They never stand alone: the band says the same in words and colour.

let audio;

const melodies = {
  good: [[1320, 0, 0.09]],
  ask: [[880, 0, 0.09], [880, 0.16, 0.09]],
  bad: [[220, 0, 0.45]],
};

export function play(tone) {
  const melody = melodies[tone];
  if (!melody || !window.AudioContext) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume().catch(() => {});
  for (const [pitch, after, length] of melody) note(pitch, audio.currentTime + after, length);
}

function note(pitch, at, length) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = pitch;
  tone.type = pitch < 400 ? "square" : "sine";
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(pitch < 400 ? 0.12 : 0.3, at + 0.01);
  volume.gain.setValueAtTime(pitch < 400 ? 0.12 : 0.3, at + length - 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + length);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + length + 0.02);
}

// sound plays the first answer found in what has just appeared on the page, once.
export function sound(root) {
  const answer = root.querySelector?.("[data-sound]:not([data-heard])");
  if (!answer) return;
  for (const e of root.querySelectorAll("[data-sound]")) e.setAttribute("data-heard", "");
  play(answer.dataset.sound);
}
