// Lists: the chosen rows and their bar, the drawer that follows the current row, and quiet refreshing.
"use strict";
(() => {
  const list = () => document.getElementById("list");
  const rows = () => [...document.querySelectorAll("table.rows tbody tr")];
  const boxes = () => [...document.querySelectorAll('table.rows input[name="row"]')];
  let current = null; // the key of the current row, kept over refreshes
  let listAddress = null; // where the drawer was opened from

  function bar() {
    const form = document.getElementById("bulk");
    if (!form) return;
    const chosen = boxes().filter((box) => box.checked).length;
    const everything = form.elements.everything.value === "1";
    form.classList.toggle("open", chosen > 0);
    form.querySelector("[data-count]").textContent = everything ? form.querySelector("[data-everything]").dataset.all || "✓" : chosen;
    const head = document.querySelector("[data-check-all]");
    if (head) { head.checked = chosen > 0 && chosen === boxes().length; head.indeterminate = chosen > 0 && !head.checked; }
  }
  function mark(row, { focus = true } = {}) {
    rows().forEach((one) => one.classList.toggle("current", one === row));
    current = row ? row.dataset.pk : null;
    if (row && focus) { row.scrollIntoView({ block: "nearest" }); row.querySelector(".row-link")?.focus({ preventScroll: true }); }
  }
  const currentRow = () => rows().find((row) => row.classList.contains("current"));
  function walk(step) {
    const shown = rows();
    if (!shown.length) return null;
    const at = shown.indexOf(currentRow());
    const row = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step))];
    mark(row);
    if (drawerOpen()) row.querySelector(".row-link")?.click();
    return row;
  }
  const drawer = () => document.getElementById("drawer");
  const drawerOpen = () => Boolean(drawer()?.childElementCount);
  function closeDrawer() {
    if (!drawerOpen()) return false;
    drawer().replaceChildren();
    if (listAddress) history.replaceState({ htmx: true }, "", listAddress);
    listAddress = null;
    currentRow()?.querySelector(".row-link")?.focus({ preventScroll: true });
    return true;
  }
  window.shundan = Object.assign(window.shundan || {}, { walk, mark, currentRow, closeDrawer, drawerOpen });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-check-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches('[data-check-all], input[name="row"]')) {
      const form = document.getElementById("bulk");
      if (form) form.elements.everything.value = "";
      bar();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-uncheck]")) { boxes().forEach((box) => { box.checked = false; }); bar(); }
    if (event.target.closest("[data-everything]")) {
      boxes().forEach((box) => { box.checked = true; });
      document.getElementById("bulk").elements.everything.value = "1";
      bar();
    }
    if (event.target.closest("[data-close-drawer]")) closeDrawer();
    const stepper = event.target.closest("[data-walk]");
    if (stepper) walk(Number(stepper.dataset.walk));
    const link = event.target.closest(".row-link");
    if (link) mark(link.closest("tr"), { focus: false });
  });
  let openFilter = null; // several values are ticked one after the other, so the panel stays open
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "list") return;
    const panel = document.querySelector("details.pill[open]");
    const field = panel?.contains(document.activeElement) ? document.activeElement : null;
    openFilter = panel && panel.dataset.filter ? [panel.dataset.filter, field?.name, field?.value] : null;
  });
  function reopen() {
    if (!openFilter) return;
    const [key, name, value] = openFilter;
    const panel = document.querySelector(`details.pill[data-filter="${CSS.escape(key)}"]`);
    if (!panel) return;
    panel.open = true;
    [...panel.querySelectorAll("input")].find((one) => one.name === name && one.value === value)?.focus();
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "drawer" && !drawerOpen()) listAddress = location.href;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "drawer") drawer().querySelector(".drawer-body")?.scrollTo(0, 0);
    if (event.detail.target?.id === "list") {
      const row = rows().find((one) => one.dataset.pk === current);
      if (row) row.classList.add("current");
      reopen();
      bar();
    }
  });

  // A list asks for itself again while nobody is in the middle of something.
  function busy() {
    const active = document.activeElement;
    return document.hidden || boxes().some((box) => box.checked) || document.querySelector("details.pill[open], dialog[open]")
      || (active && active.matches("input:not([type=checkbox]), textarea, select"));
  }
  function refresh() {
    const region = list();
    if (region?.dataset.live && region.dataset.live !== "0" && !busy()) {
      const box = region.querySelector(".table-box");
      const top = box ? box.scrollTop : 0;
      htmx.ajax("GET", listAddress || location.href, { target: "#list", swap: "innerHTML" })
        .then(() => { const fresh = region.querySelector(".table-box"); if (fresh) fresh.scrollTop = top; });
    }
  }
  setInterval(refresh, 1000 * Math.max(5, Number(list()?.dataset.live) || 30));
  bar();
})();
