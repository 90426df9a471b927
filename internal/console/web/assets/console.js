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

// What changed is taken over from a fresh copy of a page, node by node: focus, what was opened and
// what was entered stay.
const key = (n) => n.nodeType === Node.ELEMENT_NODE ? n.dataset?.key ?? n.dataset?.node ?? (n.id || n.getAttribute("aria-labelledby")) ?? "" : "";
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);
// What scripts add, and people change.
const own = new Set(["open", "tabindex", "role", "aria-expanded", "aria-owns", "hidden"]);
const isOwn = (n) => n.nodeType === Node.ELEMENT_NODE && n.matches("[data-tree], [data-copy]");
const take = (old, fresh) => {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (isOwn(old)) return;
  for (const { name, value } of fresh.attributes) {
    if (!own.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!own.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  takeChildren(old, [...fresh.childNodes]);
};
const takeChildren = (old, fresh, rest) => {
  let at = old.firstChild;
  for (const child of fresh) {
    let found = at;
    while (found && !alike(found, child)) found = found.nextSibling;
    // Without a key only the next one is the same.
    if (!found || found !== at && !key(child)) {
      old.insertBefore(child, at);
      continue;
    }
    while (at !== found) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
    at = found.nextSibling;
    take(found, child);
  }
  while (at && !rest) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
};

// Pages that stay open show what other clients change; once at a time, with a pause.
const refreshed = document.querySelector("[data-refresh]");
let refreshing = false, again = false;
const refresh = async () => {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  const answer = await fetch(location.href).catch(() => undefined);
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement;
    const above = [];
    for (let li = focused.closest("[data-tree] li"); li; li = li.parentElement.closest("li")) above.push(li.querySelector("[data-node]"));
    const [main, fresh] = [document.querySelector("main"), page.querySelector("main")];
    if (tree && page.querySelector("[data-tree]")) await refreshTree(page.querySelector("[data-tree]"));
    take(main, fresh);
    copies();
    if (document.activeElement === document.body) above.find((a) => a.isConnected)?.focus();
  } else if (answer) {
    state.textContent = answer.status === 404 ? "Gone" : "Not live";
  }
  setTimeout(() => {
    refreshing = false;
    if (again) {
      again = false;
      refresh();
    }
  }, 500);
};
if (refreshed) document.body.addEventListener("happened", refresh);

// The tree: arrows move, open and close; what is opened for the first time is asked for.
const tree = document.querySelector("[data-tree]");
let refreshTree;
if (tree) {
  const items = () => [...tree.querySelectorAll("[data-node]")];
  const visible = () => items().filter((a) => a.offsetParent !== null);
  const group = (a) => a.parentElement.querySelector(":scope > ul");
  const mark = () => {
    tree.setAttribute("role", "tree");
    for (const li of tree.querySelectorAll("li")) li.setAttribute("role", "none");
    for (const a of items()) {
      a.setAttribute("role", "treeitem");
      if (!a.hasAttribute("tabindex")) a.tabIndex = -1;
      if (!a.dataset.branch) continue;
      const children = group(a);
      a.setAttribute("aria-expanded", String(Boolean(children && !children.hidden)));
      if (!children) continue;
      children.setAttribute("role", "group");
      children.id = `below-${a.dataset.node}`;
      a.setAttribute("aria-owns", children.id);
      const note = children.querySelector(":scope > .more");
      if (note) note.setAttribute("role", "treeitem");
    }
  };
  // What is asked for arrives as items of a list; without an answer the link does it.
  const part = async (a, address) => {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return answer.text();
    location.href = a.href;
  };
  const open = async (a, wanted) => {
    let children = group(a);
    if (!children && wanted && !a.dataset.asked) {
      a.dataset.asked = "true";
      const items = await part(a, a.dataset.branch);
      if (items === undefined) return;
      a.insertAdjacentHTML("afterend", `<ul>${items}</ul>`);
      children = group(a);
    }
    if (children) children.hidden = !wanted;
    mark();
  };
  const more = async (a) => {
    const li = a.parentElement;
    const items = await part(a, a.dataset.more);
    if (items === undefined || !li.isConnected) return;
    const before = li.previousElementSibling;
    li.insertAdjacentHTML("afterend", items);
    const next = li.nextElementSibling?.querySelector("[data-node]");
    li.remove();
    mark();
    focus(next ?? before?.querySelector("[data-node]"));
  };
  // Open branches are asked for again; closed ones when they are opened. What "More accounts" has
  // brought stays behind the first ones.
  refreshTree = async (fresh) => {
    for (const a of fresh.querySelectorAll("[data-node]")) {
      const shown = tree.querySelector(`[data-node="${CSS.escape(a.dataset.node)}"]`);
      if (shown) takeChildren(shown, [...a.childNodes]);
    }
    for (const a of tree.querySelectorAll("[data-branch]")) {
      const children = group(a);
      if (!a.isConnected || !children) continue;
      if (children.hidden) {
        children.remove();
        delete a.dataset.asked;
        continue;
      }
      const answer = await fetch(a.dataset.branch).catch(() => undefined);
      if (!answer?.ok) continue;
      const list = document.createElement("ul");
      list.innerHTML = await answer.text();
      const longer = list.querySelector(":scope > .more [data-more]") && children.querySelectorAll(":scope > li").length >= list.children.length;
      if (longer) list.lastElementChild.remove();
      for (const li of list.children) {
        const shown = tree.querySelector(`[data-node="${CSS.escape(li.querySelector("[data-node]")?.dataset.node ?? "")}"]`);
        if (shown?.ariaCurrent) li.querySelector("[data-node]").setAttribute("aria-current", "true");
        // What is open below stays; it is asked for in its turn.
        const below = shown && group(shown);
        if (below) li.append(below.cloneNode(true));
      }
      takeChildren(children, [...list.childNodes].filter((n) => n.nodeType === Node.ELEMENT_NODE), longer);
    }
    mark();
    if (!tree.querySelector('[tabindex="0"]')) items()[0].tabIndex = 0;
  };
  const isOpen = (a) => a.getAttribute("aria-expanded") === "true";
  const focus = (a) => {
    if (!a) return;
    for (const other of items()) other.tabIndex = -1;
    a.tabIndex = 0;
    a.focus();
  };
  mark();
  const first = tree.querySelector("[aria-current]") ?? items()[0];
  first.tabIndex = 0;
  // In a narrow window what is selected stands above the tree.
  if (matchMedia("(min-width: 901px)").matches) first.scrollIntoView({ block: "nearest" });
  const keys = {
    ArrowDown: (a, all) => focus(all[all.indexOf(a) + 1]),
    ArrowUp: (a, all) => focus(all[all.indexOf(a) - 1]),
    ArrowRight: (a, all) => { if (a.dataset.branch && !isOpen(a)) open(a, true); else if (isOpen(a)) focus(all[all.indexOf(a) + 1]); },
    ArrowLeft: (a) => { if (isOpen(a)) open(a, false); else focus(a.parentElement.parentElement.closest("li")?.querySelector("[data-node]")); },
    Home: (a, all) => focus(all[0]),
    End: (a, all) => focus(all.at(-1)),
  };
  tree.addEventListener("keydown", (event) => {
    const a = event.target.closest("[data-node]");
    const key = keys[event.key];
    if (!a || !key || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    key(a, visible());
  });
  // The arrow before a branch opens it for the mouse; the name shows it, and so does Enter.
  tree.addEventListener("click", (event) => {
    const further = event.target.closest("[data-more]");
    if (further && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      more(further);
      return;
    }
    const a = event.target.closest("[data-branch]");
    if (a && event.detail > 0 && event.clientX - a.getBoundingClientRect().left < 22) {
      event.preventDefault();
      open(a, !isOpen(a));
    }
  });
}
