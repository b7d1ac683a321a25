// The first page keeps itself up to date: figures and newest entries come over /su-kien, made by the server from the
// same templates as the page. Without this script the page is as good as when it was loaded.
const live = document.getElementById("live");
const figures = document.getElementById("figures");
const rows = document.getElementById("rows");
const news = document.getElementById("live-news");

if (live && figures && rows && "EventSource" in window) {
  const words = live.dataset;
  const state = live.querySelector(".state");
  const pause = document.createElement("button");
  pause.type = "button";
  pause.className = "small";
  pause.hidden = true;
  live.append(" ", pause);

  let stream = null;
  let paused = false;

  const say = (on) => {
    live.classList.toggle("on", on);
    state.textContent = on ? words.on : words.off;
    pause.hidden = !on && !paused;
    pause.textContent = paused ? words.resume : words.pause;
  };

  const show = (event) => {
    const told = JSON.parse(event.data);
    const known = new Set([...rows.children].map((row) => row.dataset.code));
    figures.innerHTML = told.figures;
    // Somebody may be reading or tabbing through the list: it is not taken from under them.
    if (rows.contains(document.activeElement)) return;
    rows.innerHTML = told.rows;
    const fresh = [...rows.children].filter((row) => !known.has(row.dataset.code));
    if (known.size > 0 && fresh.length > 0) {
      fresh.forEach((row) => row.classList.add("new"));
      news.textContent = words.new;
      setTimeout(() => { news.textContent = ""; }, 5000);
    }
    document.getElementById("no-rows")?.remove();
  };

  const open = () => {
    if (stream || paused || document.hidden) return;
    stream = new EventSource(words.stream);
    stream.addEventListener("open", () => say(true));
    stream.addEventListener("error", () => say(false));
    stream.addEventListener("ledger", show);
  };

  const close = () => {
    stream?.close();
    stream = null;
    say(false);
  };

  pause.addEventListener("click", () => {
    paused = !paused;
    if (paused) close(); else open();
    say(!paused);
  });
  // A page nobody looks at holds no connection.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}
