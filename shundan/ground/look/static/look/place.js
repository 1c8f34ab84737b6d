// A thing's own page knows the list one came from: its place in it, the next and the previous one, the way back.
"use strict";
(() => {
  const KEY = "shundan_list"; // of this tab of the browser alone
  const address = ({ pathname, search }) => pathname + search;

  const kept = () => JSON.parse(sessionStorage.getItem(KEY) || "{}");

  function keep() { // the rows as they stood when one of them was opened
    const rows = [...document.querySelectorAll("table.rows .row-link")].map(address); // a link knows its parts as the location does
    const here = address(location); // the drawer shows a row under the row's own address
    if (rows.length) sessionStorage.setItem(KEY, JSON.stringify({ rows, from: rows.includes(here) ? kept().from : here }));
  }
  document.addEventListener("click", (event) => { if (event.target.closest("table.rows .row-link, [data-full]")) keep(); }, true);

  const nav = document.querySelector("[data-place]");
  const { rows = [], from } = kept();
  const at = rows.indexOf(address(location));
  if (!nav || at < 0) return;
  nav.querySelector("[data-at]").textContent = `${at + 1} / ${rows.length}`;
  for (const link of nav.querySelectorAll("a[data-step]")) {
    const next = rows[at + Number(link.dataset.step)];
    if (next) link.href = next;
    else link.setAttribute("aria-disabled", "true");
  }
  const back = document.querySelector(".detail .back");
  if (back && from) back.href = from;
  nav.hidden = false;
  window.shundan = Object.assign(window.shundan || {}, {
    step: (by) => { const link = nav.querySelector(`a[data-step="${by}"][href]`); link?.click(); return true; },
  });
})();
