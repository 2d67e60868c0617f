// The chair's clock. All it knows is kept on this device at every step: it runs on without a network and after a reload.

const RETRY_MS = 15000;
const NEAR_SECONDS = 300;
const page = document.querySelector('[data-timer]');
const says = page.dataset;
const part = name => page.querySelector(`[data-part="${name}"]`);
const speeches = [...part('agenda').children].map(line => ({
  line, position: line.dataset.position, name: line.firstElementChild.textContent.trim(),
  planned: +line.dataset.planned, most: +line.dataset.most, rule: +line.dataset.rule,
}));
const key = `dukao-timer:${says.timer}`;

// spent: ms per speech before the present stretch; since: when the present stretch began, null while paused.
// typed: the form as filled in by hand, which goes before what the clock has measured.
const fresh = () => ({began: null, ended: null, at: 0, spent: speeches.map(() => 0), since: null, typed: null});
const kept = () => {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return found?.spent?.length === speeches.length ? found : fresh();
  } catch {
    return fresh();
  }
};
let state = kept();
const keep = () => localStorage.setItem(key, JSON.stringify(state));

const spent = index => state.spent[index] + (index === state.at && state.since ? Date.now() - state.since : 0);
const seconds = index => Math.floor(spent(index) / 1000);
const clock = total => {
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = number => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

const settle = () => {
  if (!state.since) return;
  state.spent[state.at] += Date.now() - state.since;
  state.since = null;
};
const go = index => {
  const isRunning = state.since !== null;
  settle();
  state.at = Math.max(0, Math.min(speeches.length - 1, index));
  if (isRunning) state.since = Date.now();
};

let awake = null;
const stayAwake = async wanted => {
  if (wanted && !awake) awake = await navigator.wakeLock?.request('screen').catch(() => null) ?? null;
  if (!wanted) { await awake?.release(); awake = null; }
};

const said = (speech, used) => {
  if (state.ended || state.typed) return isRefused ? '' : says.saysKept;
  if (!state.began) return says.saysReady;
  if (speech?.rule && used > speech.rule) return says.saysRule.replace('{minutes}', speech.rule / 60);
  if (speech && used > speech.planned) return says.saysOver.replace('{time}', clock(used - speech.planned));
  if (!state.since) return says.saysPaused;
  return speech && speech.planned - used <= NEAR_SECONDS && speech.planned > NEAR_SECONDS ? says.saysNear : '';
};

const draw = () => {
  const speech = speeches[state.at];
  const used = speech ? seconds(state.at) : 0;
  const left = speech ? speech.most - used : 0;
  part('speaker').textContent = speech?.name ?? '';
  part('left').textContent = left < 0 ? `+${clock(-left)}` : clock(left);
  const words = said(speech, used);
  if (part('said').textContent !== words) part('said').textContent = words;
  const face = page.querySelector('.clock').classList;
  face.toggle('is-over', Boolean(state.began) && left < 0);
  face.toggle('is-near', Boolean(state.since) && left >= 0 && left <= NEAR_SECONDS);
  page.classList.toggle('is-running', Boolean(state.since));
  const label = state.since ? 'pause' : state.began ? 'go-on' : 'start';
  for (const one of page.querySelectorAll('[data-when]')) one.hidden = one.dataset.when !== label;
  speeches.forEach((one, index) => {
    one.line.toggleAttribute('aria-current', index === state.at && Boolean(state.began));
    const shown = one.line.querySelector('[data-part="used"]');
    if (state.began) shown.textContent = spent(index) ? clock(seconds(index)) : '';
    shown.classList.toggle('is-over', seconds(index) > one.planned);
  });
};

const measured = () => ({
  began_at: new Date(state.began).toISOString(), ended_at: new Date(state.ended).toISOString(),
  ...Object.fromEntries(speeches.map((one, index) => [`used-${one.position}`, clock(seconds(index))])),
});
// What was refused waits for the chair to put it right.
let isRefused = 'refused' in says;
const send = async () => {
  if (isRefused || !(state.ended || state.typed)) return;
  const times = Object.entries(state.typed ?? measured());
  const byHand = part('by-hand');
  const form = new FormData(byHand);
  for (const [name, value] of times) form.set(name, value);
  let answer;
  try {
    const headers = {Accept: 'application/json'};
    answer = await fetch(says.href, {method: 'POST', body: form, redirect: 'manual', headers});
  } catch {
    setTimeout(send, RETRY_MS);
    return;
  }
  if (answer.type === 'opaqueredirect' || answer.ok) {
    localStorage.removeItem(key);
    location.assign(says.onward);
  } else if (answer.status === 401) {
    // Nobody clicked for so long that the sitting ended: signed in again, this page sends what it has kept.
    location.reload();
  } else if (answer.status >= 500) {
    setTimeout(send, RETRY_MS);
  } else {
    // Sent once more as the form itself, so that the answer says beside each field what is wrong with it.
    for (const [name, value] of times) if (byHand.elements[name]) byHand.elements[name].value = value;
    byHand.submit();
  }
};

const deeds = {
  run() {
    if (state.ended) return;
    if (state.since) settle();
    else { state.began ??= Date.now(); state.since = Date.now(); }
    stayAwake(Boolean(state.since));
  },
  next() { go(state.at + 1); },
  back() { go(state.at - 1); },
  end() {
    if (!state.began || !confirm(says.saysLeave)) return;
    settle();
    state.ended ??= Date.now();
    stayAwake(false);
    send();
  },
};
const act = name => { deeds[name](); keep(); draw(); };

page.querySelector('.clock').hidden = false;
for (const button of page.querySelectorAll('[data-do]')) button.addEventListener('click', () => act(button.dataset.do));
document.addEventListener('keydown', event => {
  if (event.target.closest('input, textarea, select, summary, a, button')) return;
  const wanted = {' ': 'run', ArrowRight: 'next', ArrowLeft: 'back'}[event.key];
  if (!wanted) return;
  event.preventDefault();
  act(wanted);
});
part('by-hand').addEventListener('submit', event => {
  event.preventDefault();
  const {csrfmiddlewaretoken, ...typed} = Object.fromEntries(new FormData(event.target));
  state.typed = typed;
  isRefused = false;
  keep();
  send();
});
addEventListener('online', send);
document.addEventListener('visibilitychange', () => { if (!document.hidden && state.since) stayAwake(true); });
setInterval(draw, 250);
draw();
send();
