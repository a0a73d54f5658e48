"use strict";
// What a pointer and a keyboard add to the page; without it everything is there to read. It looks only at this page.
(() => {
  const words = document.currentScript.dataset;
  const marks = [...document.querySelectorAll("svg .mark")];
  const nameOf = (row) => (row.querySelector("th[scope=row]") || row.cells[0]).textContent.trim();
  const rows = [...document.querySelectorAll("tbody tr")];
  const about = (text, name) => text === name || text.startsWith(name + " \u2013 ") || text.endsWith(" \u2013 " + name);
  const known = new Set(marks.flatMap((mark) => [mark.dataset.a, mark.dataset.b]).filter(Boolean));

  // One department, or the two of a line, light up in every figure and table; the others step back.
  const light = (names) => {
    const lit = (mark) => !names.length || names.every((name) => name === mark.dataset.a || name === mark.dataset.b);
    const near = new Set(names);
    if (names.length) marks.filter((mark) => mark.dataset.b && lit(mark)).forEach((mark) => near.add(mark.dataset.a).add(mark.dataset.b));
    for (const mark of marks) mark.classList.toggle("dim", !(mark.dataset.b ? lit(mark) : !names.length || near.has(mark.dataset.a)));
    for (const row of rows) row.classList.toggle("lit", names.some((name) => about(nameOf(row), name)));
  };
  const namesOf = (mark) => [mark.dataset.a, mark.dataset.b].filter(Boolean);
  for (const mark of marks) {
    mark.addEventListener("pointerenter", () => light(namesOf(mark)));
    mark.addEventListener("pointerleave", () => light([]));
  }
  for (const row of rows) {
    const name = nameOf(row);
    if (!known.has(name)) continue;
    row.tabIndex = 0;
    for (const event of ["pointerenter", "focus"]) row.addEventListener(event, () => light([name]));
    for (const event of ["pointerleave", "blur"]) row.addEventListener(event, () => light([]));
  }

  // Columns sort by the first number of each cell, or by its text; again, the other way round.
  const number = (text) => {
    const found = text.replace(/\u2212/g, "-").replace(/(\d)[\s\u00a0\u202f](?=\d{3})/g, "$1").match(/-?[\d.,]+/);
    if (!found) return NaN;
    const last = Math.max(found[0].lastIndexOf("."), found[0].lastIndexOf(","));
    const thousands = /^-?\d{1,3}(,\d{3})+$/.test(found[0]);
    return Number(thousands || last < 0 ? found[0].replace(/,/g, "") : found[0].slice(0, last).replace(/[.,]/g, "") + "." + found[0].slice(last + 1));
  };
  const sort = (head, body) => {
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "descending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "ascending" : "descending");
    const text = (row) => row.cells[column].textContent.trim();
    const numeric = [...body.rows].some((row) => /^[<\u2212-]?\s?[\d.]/.test(text(row)));
    const order = [...body.rows].sort((one, two) => {
      if (!numeric) return text(one).localeCompare(text(two));
      const [a, b] = [number(text(one)), number(text(two))];
      // What has no number stands last, whichever way.
      if (isNaN(a) || isNaN(b)) return (isNaN(a) - isNaN(b)) * (down ? 1 : -1);
      return a - b;
    });
    body.append(...(down ? order : order.reverse()));
  };
  for (const table of document.querySelectorAll("table")) {
    const [body] = table.tBodies;
    if (!table.tHead || !body || body.rows.length < 3) continue;
    for (const head of table.tHead.rows[0].cells) {
      head.tabIndex = 0;
      head.title = words.sort;
      head.classList.add("sorts");
      head.addEventListener("click", () => sort(head, body));
      head.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        sort(head, body);
      });
    }
    if (body.rows.length < 9) continue;
    const field = document.createElement("input");
    field.type = "search";
    field.className = "filter";
    field.placeholder = words.filter;
    field.setAttribute("aria-label", words.filter);
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    table.before(field);
  }
})();
