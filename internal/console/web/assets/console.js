"use strict";
// What a page can do beyond links and forms: copy a text, and show what happens. Each page
// works without it.

const copies = () => {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.parentElement.querySelector("pre").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
};
copies();
document.body.addEventListener("htmx:after:swap", copies);

// A page is live while it is seen: browsers open few connections to a server.
const live = document.body.dataset.live;
const state = document.querySelector("[data-live-state]");
const longest = 30;
let source;

const say = (on) => {
  state.hidden = false;
  state.textContent = on ? "Live" : "Not live";
  state.classList.toggle("on", on);
};

const show = (event) => {
  const list = document.querySelector("[data-happened]");
  if (list) {
    list.insertAdjacentHTML("afterbegin", event.data);
    list.firstElementChild.classList.add("new");
    while (list.children.length > longest) list.lastElementChild.remove();
    document.querySelector("[data-nothing]")?.remove();
  }
  document.body.dispatchEvent(new CustomEvent("happened"));
};

const follow = () => {
  if (document.visibilityState !== "visible") {
    source?.close();
    source = undefined;
  } else if (!source) {
    source = new EventSource(live);
    source.addEventListener("open", () => say(true));
    source.addEventListener("error", () => say(false));
    source.addEventListener("happened", show);
  }
};

if (live) {
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pagehide", () => { source?.close(); source = undefined; });
  window.addEventListener("pageshow", follow);
  follow();
}
