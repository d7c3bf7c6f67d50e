/* Keeps <time data-since="..."> true, in the same words as kit/time.py. */
const words = JSON.parse(document.getElementById("page-words").textContent).time;
const language = document.documentElement.lang || "en";

function fill(pattern, values) {
  return pattern.replace(/%\((\w+)\)[ds]/g, (_, name) => values[name]);
}

/** How long since `since`, both Dates; null from seven days on, where the server's own date stays. */
export function waited(since, now) {
  const minutes = Math.floor((now - since) / 60_000);
  if (minutes < 1) return words.now;
  const hours = Math.floor(minutes / 60);
  if (hours < 1) return fill(words.minutes, { minutes });
  if (hours < 24) return minutes % 60 ? fill(words.both, { hours, minutes: minutes % 60 }) : fill(words.hours, { hours });
  return null;
}

function tick() {
  const now = new Date();
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = waited(new Date(time.dataset.since), now);
    if (text && text !== time.textContent) time.textContent = text;
  }
}

setInterval(tick, 30_000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
tick();
