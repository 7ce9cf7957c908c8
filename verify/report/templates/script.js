"use strict";

// The list of statements: words and choices, kept in the address after #.
function filters() {
  const form = document.getElementById("filters");
  if (!form) return;
  const items = [...document.querySelectorAll("#statements > li")];
  const texts = items.map((item) => item.textContent.toLowerCase());
  const names = ["words", "truth", "evidence", "paper"];

  function show() {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    items.forEach((item, place) => {
      const chosen = ["truth", "evidence", "paper"].every(
        (name) => !form.elements[name].value || form.elements[name].value === item.dataset[name]);
      item.hidden = !(chosen && words.every((word) => texts[place].includes(word)));
      count += item.hidden ? 0 : 1;
    });
    document.getElementById("count").textContent =
      count === items.length ? `${count} statements` : `${count} of ${items.length} statements`;
  }

  function remember() {
    const kept = new URLSearchParams(names.map((name) => [name, form.elements[name].value]).filter(([, value]) => value));
    history.replaceState(null, "", `#${kept}`);
    show();
  }

  function recall() {
    const hash = location.hash.slice(1);
    if (hash && !names.some((name) => hash.startsWith(`${name}=`))) return;
    const kept = new URLSearchParams(hash);
    names.forEach((name) => { form.elements[name].value = kept.get(name) || ""; });
    show();
    if (hash) document.getElementById("list").scrollIntoView();
  }

  form.addEventListener("input", remember);
  form.addEventListener("reset", () => setTimeout(remember));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", recall);
  recall();
}

// The explorer: everything it shows was computed before.
function explorer() {
  const form = document.getElementById("explorer");
  if (!form) return;
  const { cells, laws } = JSON.parse(document.getElementById("grid").textContent);
  const at = (name) => document.getElementById(name);

  function depths() {
    const wanted = at("depth").value;
    const known = [...new Set(cells.filter((cell) => cell.family === at("family").value).map((cell) => String(cell.depth)))];
    at("depth").replaceChildren(...known.map((depth) => new Option(depth)));
    at("depth").value = known.includes(wanted) ? wanted : known[0];
  }

  function show() {
    const [family, depth, dim, digits] = ["family", "depth", "dim", "digits"].map((name) => at(name).value);
    const cell = cells.find((one) =>
      one.family === family && String(one.depth) === depth && String(one.dim) === dim);
    at("eigenvalues").replaceChildren(...cell.eigenvalues.map((e) => {
      const row = document.createElement("tr");
      [e.degree, e.multiplicity, e.values[digits], e.exact === null ? "" : e.exact].forEach((value, place) => {
        const made = document.createElement(place ? "td" : "th");
        if (!place) made.scope = "row";
        made.textContent = value;
        row.append(made);
      });
      return row;
    }));
    at("heading").textContent = `${cell.kernel} on the sphere of dimension ${dim}, ${digits} digits`;
    const last = cell.eigenvalues[cell.eigenvalues.length - 1].degree;
    at("command").textContent =
      `spectral-bias spectrum "${cell.kernel}" --dim ${dim} --degrees 0:${last} --digits ${digits}`;
    law(laws[cell.law]);
    plot(cell.eigenvalues);
  }

  function law(one) {
    at("law-evidence").textContent =
      `${one.evidence} (${one.source}), ${one.dim === null ? "for every dimension d" : `for d = ${one.dim}`}`;
    at("law-branches").replaceChildren(...one.branches.map((branch) => {
      const item = document.createElement("li");
      item.innerHTML = branch.math; // MathML that the report made and checked
      item.append(` for ${branch.for}`);
      return item;
    }));
    at("law-text").textContent = one.text;
  }

  function plot(eigenvalues) {
    const points = eigenvalues.map((e) => [e.degree, Number(e.values["15"])]).filter(([, value]) => value > 0);
    const logs = points.map(([, value]) => Math.log10(value));
    const low = Math.floor(Math.min(...logs)), high = Math.max(Math.ceil(Math.max(...logs)), low + 1);
    const last = eigenvalues[eigenvalues.length - 1].degree;
    const x = (degree) => 60 + (520 * degree) / last, y = (log) => 28 + (192 * (high - log)) / (high - low);
    const make = (kind, attributes, text) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
      Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
      if (text !== undefined) made.textContent = text;
      return made;
    };
    const parts = [make("text", { x: 8, y: 12 }, "eigenvalue \u03bc\u2096, logarithmic"), make("text", { x: 300, y: 258 }, "degree k")];
    const zeros = eigenvalues.filter((e) => Number(e.values["15"]) === 0).map((e) => e.degree);
    at("plot-zeros").textContent =
      zeros.length ? `Not in the picture, since they are 0: degrees ${zeros.join(", ")}.` : "";
    for (let power = low; power <= high; power += Math.ceil((high - low) / 6)) {
      parts.push(make("line", { x1: 55, x2: 580, y1: y(power), y2: y(power) }));
      parts.push(make("text", { x: 8, y: y(power) + 4 }, `1e${power}`));
    }
    for (let degree = 0; degree <= last; degree += 2) parts.push(make("text", { x: x(degree) - 4, y: 240 }, degree));
    points.forEach(([degree, value]) =>
      parts.push(make("circle", { cx: x(degree), cy: y(Math.log10(value)), r: 4 })));
    at("plot").replaceChildren(...parts);
  }

  form.addEventListener("input", () => { depths(); show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  depths();
  show();
}

// What is wider than the page can be scrolled with the keyboard too.
function scrollers() {
  document.querySelectorAll(".scroll, #statements .printed").forEach((one) => {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  });
}

// A link to a step of a proof opens the proof; on paper every proof is open.
function openTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  const closed = target && target.closest("details");
  if (closed && !closed.open) { closed.open = true; target.scrollIntoView(); }
}

filters();
explorer();
scrollers();
openTarget();
addEventListener("hashchange", openTarget);
addEventListener("resize", scrollers);
document.addEventListener("toggle", scrollers, true);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
