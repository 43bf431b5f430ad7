"use strict";
// Draws the report from the data in the page. Everything from the ledger becomes a text node or an
// attribute from a short list; nothing is parsed as markup (Trusted Types would stop it).
const begin = (D) => {
  const $ = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const BASES = ["reported", "estimated", "projected", "hypothetical"];
  const FLAGS = ["denied", "derived", "vague", "corrected by the text", "amended by an analyst"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  // ---- elements ---------------------------------------------------------------------------------
  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
      else node.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false && child !== "") node.append(child);
    }
    return node;
  };
  const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const put = (node, ...children) => { node.replaceChildren(); return fill(node, null, children); };
  const web = (address) => /^https?:\/\/[^\s]+$/i.test(address || "");
  const out = (address, ...children) => web(address)
    ? el("a", { href: address, rel: "noopener noreferrer nofollow", target: "_blank", dir: "auto" }, ...children)
    : el("span", { dir: "auto" }, ...children);

  // ---- data -------------------------------------------------------------------------------------
  const column = (way) => {
    if (Array.isArray(way)) return way;
    if (!way) return [];
    if (way.i) return way.i.map((number) => way.k[number]);
    const list = new Array(way.n).fill(way.c);
    for (let at = 0; at < way.s.length; at += 2) list[way.s[at]] = way.s[at + 1];
    return list;
  };
  const rows = (columns) => {
    const names = Object.keys(columns);
    const lists = names.map((name) => column(columns[name]));
    return (lists[0] || []).map((_, row) => Object.fromEntries(names.map((name, at) => [name, lists[at][row]])));
  };
  const articles = rows(D.articles);
  const models = rows(D.models);
  const facts = rows(D.facts);
  const { all: texts, ...places } = D.texts;
  rows(places).forEach((place, number) => {
    const fact = facts[number];
    fact.at = number;
    fact.passage = texts[place.text];
    fact.q = place.q; fact.f = fact.q + place.f; fact.g = fact.f + place.g; fact.r = fact.g + place.r;
    fact.page = articles[fact.article] || null;
    fact.marks = FLAGS.filter((_, bit) => fact.flags >> bit & 1);
    fact.denied = (fact.flags & 1) === 1;
  });
  let running = 0;
  const claims = rows(D.claims).map((claim) => { running += claim.fact; return { ...claim, fact: facts[running] }; });
  for (const claim of claims) claim.fact.claim = claim;
  const modelOf = new Map(models.map((model) => [model.model, model]));
  const cuts = rows(D.cuts.rows);
  const findings = rows(D.findings), conflicts = rows(D.conflicts);

  // ---- words ------------------------------------------------------------------------------------
  const tidy = (number, digits) => String(Number(number.toPrecision(digits)));
  const UP = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const power = (number) => {
    const at = Math.floor(Math.log10(number) + 1e-9);
    const front = tidy(number / 10 ** at, 3);
    const raised = String(at).replace("-", "⁻").replace(/\d/g, (digit) => UP[digit]);
    return `${front === "1" ? "" : `${front} × `}10${raised}`;
  };
  const FORMS = [0, 2, 4].map((digits) => new Intl.NumberFormat("en-US", { maximumFractionDigits: digits }));
  const compact = (number) => {
    if (number === null || number === undefined) return "";
    const size = Math.abs(number);
    if (size >= 1e16 || (size > 0 && size < 1e-4)) return power(number);
    for (const [scale, word] of [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]]) {
      if (size >= scale) return `${tidy(number / scale, 4)} ${word}`;
    }
    return FORMS[size >= 100 ? 0 : size >= 1 ? 1 : 2].format(number);
  };
  const SIGNS = { USD: "$", EUR: "€", GBP: "£" };
  const money = (number, currency) => SIGNS[currency] ? SIGNS[currency] + compact(number) : `${compact(number)} ${currency || ""}`.trim();
  // "10²³" with a real superscript: fonts draw the small digits unevenly
  const raise = (text) => text.split(/([⁻⁰¹²³⁴-⁹]+)/).map((part, at) => at % 2 ? el("sup", null, [...part].map((c) => c === "⁻" ? "−" : UP.indexOf(c)).join("")) : part);
  const BEFORE = { "~": "about ", ">": "more than ", "<": "up to ", "=": "" };
  const spanned = (value, low, high, op, say) => {
    if ((value === null || op === "range") && low !== null && high !== null) return `${say(low)} to ${say(high)}`;
    return value === null ? "" : `${BEFORE[op] || ""}${say(value)}`;
  };
  const plural = (number, word, many) => `${number.toLocaleString("en-US")} ${number === 1 ? word : many || `${word}s`}`;
  const figure = (fact) => {
    const plain = (unit) => { const said = spanned(fact.value, fact.low, fact.high, fact.op, compact); return said && unit ? `${said} ${unit}` : said; };
    switch (fact.kind) {
      case "cost": return spanned(fact.value, fact.low, fact.high, fact.op, (n) => money(n, fact.currency)) + (fact.period ? ` a ${fact.period}` : "");
      case "price": return spanned(fact.value, fact.low, fact.high, fact.op, (n) => money(n, fact.currency)) + (fact.per === "hour" ? " an hour" : " each");
      case "hardware": { const many = spanned(fact.value, fact.low, fact.high, fact.op, compact); return many ? `${many} × ${fact.device || "?"}`.replace(" × ", "\u00a0×\u00a0") : fact.device || ""; }
      case "device_hours": return plain(`${fact.device && fact.device !== "GPU" ? `${fact.device} ` : ""}device-hours`);
      case "duration": { const days = fact.value !== null && fact.value >= 72 ? ` (${tidy(fact.value / 24, 3)} days)` : ""; return plain("hours") + days; }
      case "emissions": return fact.value !== null && fact.value >= 1000 && fact.op !== "range" ? `${BEFORE[fact.op] || ""}${compact(fact.value / 1000)} t CO₂e` : plain("kg CO₂e");
      case "parameters": return plain(fact.role && fact.role !== "total" ? `${fact.role} parameters` : "parameters");
      case "tokens": return plain("tokens");
      case "compute": return plain("FLOP");
      case "energy": return plain("kWh");
      case "developer": return fact.organization || "";
      case "trend": return `${fact.direction === "down" ? "down" : "up"} ${plain("") ? `×${plain("")}` : ""}${fact.period ? ` a ${fact.period}` : ""}`;
      default: return plain("");
    }
  };
  const KIND = { parameters: "Parameters", hardware: "Hardware", cost: "Cost", duration: "Duration", compute: "Compute", device_hours: "Device hours", tokens: "Training tokens", price: "Price", energy: "Energy", emissions: "Emissions", developer: "Developer", trend: "Trend" };
  const kind = (fact) => (KIND[fact.kind] || fact.kind) + (fact.kind === "cost" && fact.scope ? `, ${fact.scope}` : fact.kind === "price" && fact.device ? `, ${fact.device}` : fact.kind === "hardware" && fact.use === "inference" ? ", inference" : "");
  const named = (fact) => fact.model || (fact.kind === "price" ? fact.device : "") || fact.description || fact.subject || "";
  const day = (text) => { const [y, m, d] = (text || "").split("-").map(Number); return y ? `${d} ${MONTHS[m - 1]} ${y}` : ""; };
  const known = (fact) => fact.date_basis !== "fetched";
  const site = (page) => page ? page.site || (page.link ? new URL(page.link).hostname.replace(/^www\./, "") : page.where) || "" : "";

  // ---- sentences --------------------------------------------------------------------------------
  const quoted = (fact) => [fact.passage.slice(fact.q, fact.f), el("span", { class: "fig" }, fact.passage.slice(fact.f, fact.g)), fact.passage.slice(fact.g, fact.r)];
  const passage = (fact) => el("p", { class: "passage around", dir: "auto" }, fact.passage.slice(0, fact.q), el("span", { class: "quote" }, quoted(fact)), fact.passage.slice(fact.r));
  const factLink = (fact, ...children) => el("a", { href: `#fact-${fact.id}` }, ...children);

  const shape = (basis, size) => {
    const s = size;
    if (basis === "estimated") return svg("path", { class: "shape", d: `M0 ${-s * 1.2}L${s * 1.2} 0L0 ${s * 1.2}L${-s * 1.2} 0Z` });
    if (basis === "projected") return svg("path", { class: "shape", d: `M0 ${-s * 1.1}L${s * 1.1} ${s * 0.85}L${-s * 1.1} ${s * 0.85}Z` });
    if (basis === "hypothetical") return svg("rect", { class: "shape", x: -s * 0.9, y: -s * 0.9, width: s * 1.8, height: s * 1.8 });
    return svg("circle", { class: "shape", r: s });
  };
  const key = (basis) => svg("svg", { class: `key b-${basis}`, viewBox: "-8 -8 16 16", "aria-hidden": "true" }, shape(basis, 5.2));
  const basisCell = (fact) => fact.basis ? [key(fact.basis), ` ${fact.basis}`] : "";

  // ---- tables -----------------------------------------------------------------------------------
  // columns: {key, label, value(row) for order and search, cell(row) nodes, num, cls}
  const tables = [];
  const table = (home, list, spec) => {
    const state = { sort: spec.sort || null, down: Boolean(spec.down), search: "", picks: {}, page: 0, open: null, size: spec.size || 25 };
    const hay = new Map();
    const haystack = (row) => {
      let text = hay.get(row);
      if (text === undefined) {
        text = (spec.search ? spec.search(row) : spec.columns.map((c) => c.value(row)).join(" ")).toLowerCase();
        hay.set(row, text);
      }
      return text;
    };
    let shown = list;
    const body = el("tbody");
    const count = el("span", { class: "count", role: "status" });
    const pager = el("div", { class: "pager" });
    const heads = spec.columns.map((c) => {
      const button = el("button", { type: "button", on: { click: () => {
        state.down = state.sort === c.key ? !state.down : Boolean(c.num);
        state.sort = c.key; state.page = 0; apply();
      } } }, c.label);
      return el("th", { scope: "col", class: c.num ? "num" : null }, button);
    });
    const compare = (c, sign) => (a, b) => {
      const x = c.value(a), y = c.value(b);
      const no = (v) => v === null || v === undefined || v === "";
      if (no(x) || no(y)) return no(x) - no(y);
      return sign * (typeof x === "number" && typeof y === "number" ? x - y : collate(String(x), String(y)));
    };
    const select = () => {
      const wanted = state.search.toLowerCase().split(/\s+/).filter(Boolean);
      shown = list.filter((row) => (spec.filters || []).every((f) => !state.picks[f.key] || f.match(row, state.picks[f.key]))
        && wanted.every((word) => haystack(row).includes(word)));
      const c = spec.columns.find((one) => one.key === state.sort);
      if (c) shown = shown.map((row, at) => [row, at]).sort((a, b) => compare(c, state.down ? -1 : 1)(a[0], b[0]) || a[1] - b[1]).map((pair) => pair[0]);
    };
    const draw = () => {
      heads.forEach((head, at) => {
        if (spec.columns[at].key === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      const last = Math.max(0, Math.ceil(shown.length / state.size) - 1);
      state.page = Math.min(state.page, last);
      const from = state.page * state.size;
      const here = shown.slice(from, from + state.size);
      put(body, here.map((row, at) => line(row, from + at)));
      if (!here.length) body.append(el("tr", null, el("td", { colspan: heads.length, class: "empty" }, list.length ? "Nothing fits." : spec.none || "Nothing here.")));
      count.textContent = shown.length === list.length ? plural(list.length, spec.word) : `${shown.length.toLocaleString("en-US")} of ${plural(list.length, spec.word)}`;
      pager.hidden = last === 0;
      const turn = (page) => { state.page = page; draw(); home.scrollIntoView({ block: "start" }); };
      put(pager,
        `${(from + 1).toLocaleString("en-US")}–${(from + here.length).toLocaleString("en-US")}`,
        el("button", { type: "button", disabled: state.page === 0, on: { click: () => turn(state.page - 1) } }, "Previous"),
        el("button", { type: "button", disabled: state.page === last, on: { click: () => turn(state.page + 1) } }, "Next"));
    };
    const line = (row) => {
      const cells = spec.columns.map((c) => {
        const content = [c.cell ? c.cell(row) : c.value(row)].flat().filter((x) => x !== null && x !== undefined && x !== "");
        return el("td", { class: [c.num ? "num" : "", c.cls || "", content.length ? "" : "none"].join(" ").trim() || null, "data-label": c.label, dir: c.num ? null : "auto" }, content.map((x) => typeof x === "number" ? x.toLocaleString("en-US") : x));
      });
      if (!spec.detail) return el("tr", { class: "row", id: spec.id ? spec.id(row) : null }, cells);
      const open = state.open === row;
      const twist = el("button", { type: "button", class: "twist", "aria-expanded": String(open), "aria-label": "Show the details", on: { click: (event) => { event.stopPropagation(); toggle(row); } } });
      cells[0].prepend(twist);
      const tr = el("tr", { class: `row${open ? " open" : ""}`, id: spec.id ? spec.id(row) : null, on: { click: (event) => { if (!event.target.closest("a, button") && !String(getSelection())) toggle(row); } } }, cells);
      return open ? [tr, el("tr", { class: "detail" }, el("td", { colspan: heads.length }, spec.detail(row)))] : [tr];
    };
    const toggle = (row) => {
      state.open = state.open === row ? null : row;
      draw();
      const at = body.querySelector("tr.open .twist") || null;
      if (at) at.focus({ preventScroll: true });
    };
    const apply = () => { select(); draw(); };
    let timer = 0;
    const search = el("input", { type: "search", placeholder: spec.placeholder || "Search", "aria-label": spec.placeholder || "Search", on: { input: (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => { state.search = event.target.value; state.page = 0; apply(); }, 80);
    } } });
    const picks = (spec.filters || []).map((f) => el("select", { "aria-label": f.label, on: { change: (event) => { state.picks[f.key] = event.target.value; state.page = 0; apply(); } } },
      el("option", { value: "" }, f.label), f.options(list).map(([value, label]) => el("option", { value }, label))));
    put(home, el("div", { class: "tools" }, list.length > 5 ? search : null, picks, count),
      el("div", { class: "scroll" }, el("table", { class: spec.cards === false ? null : "cards" }, el("thead", null, el("tr", null, heads)), body)), pager);
    apply();
    const made = {
      open: (row) => {
        if (!shown.includes(row)) { state.search = ""; search.value = ""; state.picks = {}; picks.forEach((pick) => { pick.value = ""; }); select(); }
        state.page = Math.max(0, Math.floor(shown.indexOf(row) / state.size)); state.open = row; draw();
        return body.querySelector("tr.open");
      },
      search: (text) => { state.search = text; search.value = text; state.picks = {}; picks.forEach((pick) => { pick.value = ""; }); state.page = 0; apply(); },
      print: (on) => { if (on) { state.was = [state.size, state.page]; state.size = Math.max(state.size, 1000); state.page = 0; } else [state.size, state.page] = state.was; draw(); },
    };
    tables.push(made);
    return made;
  };
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const collate = (a, b) => collator.compare(a, b);
  const counted = (list, pick) => {
    const counts = new Map();
    for (const row of list) { const value = pick(row); if (value) counts.set(value, (counts.get(value) || 0) + 1); }
    return [...counts].sort((a, b) => b[1] - a[1] || collate(a[0], b[0]));
  };
  const pickBy = (keyName, label, pick, name) => ({ key: keyName, label, match: (row, value) => pick(row) === value, options: (list) => counted(list, pick).map(([value, n]) => [value, `${name ? name(value) : value} (${n})`]) });
  const modelLink = (name) => modelOf.has(name) ? el("a", { href: `#model-${modelOf.get(name).slug}` }, name) : name;
  const pageCell = (page) => page ? [out(page.link, page.title || site(page) || "(no title)"), page.title && site(page) ? el("div", { class: "soft small" }, site(page)) : null] : "";

  // ---- one fact ---------------------------------------------------------------------------------
  const told = (pairs) => el("dl", null, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length))
    .map(([name, value]) => [el("dt", null, name), el("dd", { dir: "auto" }, value)]));
  // Browsers that know text fragments open the page at the sentence and mark it there.
  const atSentence = (fact) => {
    const words = fact.passage.slice(fact.q, fact.r).trim().split(/\s+/);
    if (!fact.page || !fact.page.link || fact.page.link.includes("#") || fact.part === "title" || /\\u[0-9a-f]{4}|…/.test(words.join(" "))) return null;
    const code = (list) => encodeURIComponent(list.join(" ")).replace(/-/g, "%2D");
    return `${fact.page.link}#:~:text=${words.length > 12 ? `${code(words.slice(0, 5))},${code(words.slice(-5))}` : code(words)}`;
  };
  const factDetail = (fact) => {
    const claim = fact.claim;
    const dollars = claim && fact.currency && fact.currency !== "USD" && (claim.usd !== null || claim.low !== null)
      ? `${spanned(claim.usd, claim.low, claim.high, fact.op, (n) => money(n, "USD"))}, at ${tidy(claim.rate, 5)} dollars to the ${fact.currency}${claim.rate_day ? ` on ${day(claim.rate_day)}` : ""}` : "";
    const page = fact.page;
    return el("div", { class: "card" }, passage(fact), told([
      ["Page", page ? [out(page.link, page.title || page.link || page.where || ""), page.where ? ` (${page.where})` : "", atSentence(fact) ? [" · ", out(atSentence(fact), "open it at this sentence")] : null] : ""],
      ["Site", page ? [site(page), page.author ? `, ${page.author}` : ""] : ""],
      ["First published by", page && page.original_source],
      ["Day", `${day(fact.claim_date)}${known(fact) ? ` (by the ${fact.date_basis})` : " (the page gives none: the day it was fetched)"}`],
      ["Figure", [raise(figure(fact)), fact.marks.length ? ` (${fact.marks.join(", ")})` : ""]],
      ["In dollars", dollars],
      ["About", fact.model ? modelLink(fact.model) : fact.description],
      ["Made by", fact.kind === "developer" ? "" : fact.organization],
      ["Basis", basisCell(fact)],
      ["Said by", fact.attributed_to], ["As of", fact.as_of], ["Role", fact.role], ["Used for", fact.use], ["Asked by", fact.provider], ["Subject", fact.subject], ["Computed as", fact.formula],
      ["Analyst’s note", fact.note],
      ["Copies", claim && claim.copies > 1 ? `${claim.copies} pages of one story, counted once` : ""],
      ["Rule", [el("code", null, fact.rule), fact.linked_by ? [", model by ", el("code", null, fact.linked_by)] : null]],
      ["Fact", [el("a", { href: `#fact-${fact.id}` }, el("code", null, fact.id)), fact.part === "title" ? " (in the title)" : ""]],
    ]));
  };
  // A sentence stands once, with every figure that rests on it.
  const grouped = (list) => {
    const groups = new Map();
    for (const fact of list) {
      const spot = `${fact.article} ${fact.passage.slice(fact.q, fact.r)}`;
      if (!groups.has(spot)) groups.set(spot, []);
      groups.get(spot).push(fact);
    }
    return [...groups.values()];
  };
  const marked = (group) => {
    const fact = group[0];
    const spans = group.filter((one) => one.passage === fact.passage && one.q === fact.q).map((one) => [one.f, one.g]).sort((x, y) => x[0] - y[0]);
    const pieces = [];
    let at = fact.q;
    for (const [from, to] of spans) {
      if (from < at) continue;
      pieces.push(fact.passage.slice(at, from), el("span", { class: "fig" }, fact.passage.slice(from, to)));
      at = to;
    }
    return [...pieces, fact.passage.slice(at, fact.r)];
  };
  const IMPLIED = new Set(["parameters", "tokens", "hardware", "device_hours", "compute"]); // the figure's unit says it
  const factList = (list) => el("ul", { class: "claims" }, grouped(list).map((group) => el("li", null,
    el("div", { class: "said", dir: "auto" }, marked(group)),
    el("div", { class: "heads" }, group.sort((x, y) => x.f - y.f).map((fact) => el("span", { class: "head" }, fact.basis ? [key(fact.basis), " "] : "", factLink(fact, raise(figure(fact) || kind(fact))), el("span", { class: "soft" }, IMPLIED.has(fact.kind) ? "" : ` ${kind(fact).toLowerCase()}`, fact.basis && fact.basis !== "reported" ? `, ${fact.basis}` : "", fact.marks.length ? `, ${fact.marks.join(", ")}` : "")))),
    group[0].page ? el("div", { class: "soft small" }, out(group[0].page.link, site(group[0].page) || group[0].page.title || "page"), known(group[0]) ? `, ${day(group[0].claim_date)}` : ", no known day", group[0].claim && group[0].claim.copies > 1 ? `, in ${group[0].claim.copies} copies` : "") : null)));

  // ---- the timeline -----------------------------------------------------------------------------
  const METRICS = [
    ["cost", "Cost", "cost", "$"], ["parameters", "Size", "Size of models, in parameters", ""], ["compute", "Compute", "Training compute, in FLOP", ""],
    ["hardware", "Hardware", "Devices used for training", ""], ["tokens", "Data", "Training data, in tokens", ""], ["device_hours", "Device hours", "Device hours of training", ""],
    ["duration", "Duration", "Duration of training, in hours", ""], ["price", "Prices", "Price of a device hour", "$"], ["energy", "Energy", "Energy of training, in kWh", ""],
    ["emissions", "Emissions", "Emissions of training, in kg CO₂e", ""],
  ].map(([name, short, title, unit]) => ({ name, short, title, unit }));
  const COSTS = { training: "What training cost", inference: "What running models costs", finetuning: "What fine-tuning cost", hardware: "What hardware cost", development: "What development cost", other: "Other costs", all: "What models cost" };
  const view = { metric: "cost", scope: "training", bases: new Set(BASES), find: "", log: true, dollars: 0 };
  const years = Object.keys(D.index).map(Number);
  const lastYear = Math.max(...years);
  const inYear = (amount, date) => {
    if (!view.dollars || amount === null) return amount;
    const year = Math.min(Number(date.slice(0, 4)), lastYear);
    return D.index[year] ? amount * D.index[view.dollars] / D.index[year] : amount;
  };
  const ms = (text) => Date.parse(`${text}T00:00:00Z`);
  const pointOf = (claim, metric) => {
    const fact = claim.fact;
    const isMoney = metric === "cost" || metric === "price";
    let [value, low, high] = isMoney ? [claim.usd, claim.low, claim.high] : [fact.value, fact.low, fact.high];
    if (isMoney && known(fact)) [value, low, high] = [value, low, high].map((n) => inYear(n, fact.claim_date));
    const ends = low !== null && high !== null && low > 0;
    const mid = value !== null ? value : ends ? Math.sqrt(low * high) : null;
    let why = "";
    if (mid === null) why = isMoney ? "no rate for dollars" : "no figure";
    else if (!(mid > 0)) why = "zero";
    else if (!known(fact)) why = "no known day";
    else if (fact.period) why = `a running cost, by the ${fact.period}`;
    const say = isMoney ? (n) => money(n, "USD") : compact;
    const spoken = isMoney ? spanned(value, low, high, fact.op, say) : figure(fact);
    return { fact, claim, t: ms(fact.claim_date), mid, low: ends ? low : null, high: ends ? high : null, op: fact.op, basis: fact.basis || "reported", why, spoken: spoken || figure(fact) };
  };
  const fits = (claim, metric) => {
    const fact = claim.fact;
    if (fact.kind !== metric) return false;
    if (metric === "cost") return view.scope === "all" || fact.scope === view.scope;
    if (metric === "price") return fact.per === "hour";
    return (fact.use || "training") === "training";
  };
  const pointsOf = (metric) => claims.filter((claim) => fits(claim, metric)).map((claim) => pointOf(claim, metric));
  const ruler = document.createElement("canvas").getContext("2d");
  const width = (text) => { ruler.font = '12.5px "Helvetica Neue", Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif'; return ruler.measureText(text).width; };

  const nice = (value, up) => {
    const at = 10 ** Math.floor(Math.log10(value));
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].map((front) => front * at);
    return up ? steps.find((step) => step >= value * (1 - 1e-9)) : steps.reverse().find((step) => step <= value * (1 + 1e-9));
  };
  const logScale = (values, height, narrow) => {
    let low = nice(Math.min(...values) / 1.25, false), high = nice(Math.max(...values) * 1.25, true);
    while (high / low < 10) { low = nice(low / 1.01, false); high = nice(high * 1.01, true); }
    const span = Math.log10(high / low);
    const room = Math.floor(height / (narrow ? 40 : 44));
    const fronts = span * 3 <= room ? [1, 2, 5] : [1];
    const step = fronts.length > 1 ? 1 : Math.max(1, Math.ceil(span / room));
    const ticks = [];
    for (let at = Math.floor(Math.log10(low)); at <= Math.ceil(Math.log10(high)); at++) {
      for (const front of fronts) {
        const value = front * 10 ** at;
        if (value >= low * 0.999 && value <= high * 1.001 && ((at % step) + step) % step === 0) ticks.push(value);
      }
    }
    return { ticks, y: (value) => height * (1 - Math.log10(value / low) / span) };
  };
  const evenScale = (values, height) => {
    const most = Math.max(...values) * 1.05;
    const rough = most / 6, at = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((front) => front * at).find((one) => one >= rough);
    const top = Math.ceil(most / step) * step;
    const ticks = [];
    for (let value = 0; value <= top * 1.0001; value += step) ticks.push(value);
    return { ticks, y: (value) => height * (1 - value / top) };
  };
  const timeScale = (times, from, to, narrow) => {
    let first = Math.min(...times), last = Math.max(...times);
    const room = Math.max((last - first) * 0.03, 40 * 864e5);
    first -= room; last += room;
    const x = (t) => from + (to - from) * (t - first) / (last - first);
    const months = (last - first) / (30.44 * 864e5);
    const fit = Math.max(2, Math.floor((to - from) / (narrow ? 56 : 72)));
    const step = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200].find((one) => months / one <= fit) || 2400;
    const ticks = [];
    const start = new Date(first).getUTCFullYear() * 12;
    for (let at = Math.floor(start / step) * step; ; at += step) {
      const t = Date.UTC(Math.floor(at / 12), at % 12, 1);
      if (t > last) break;
      if (t >= first) ticks.push({ t, label: step >= 12 ? String(Math.floor(at / 12)) : `${MONTHS[at % 12]} ${at % 12 === 0 || step >= 6 || !ticks.length ? Math.floor(at / 12) : ""}`.trim() });
    }
    return { x, ticks };
  };
  const tickLabel = (value, unit) => {
    if (value === 0) return `${unit}0`;
    return unit + (value >= 1e15 ? power(value) : compact(value));
  };

  const tip = el("div", { class: "tip", hidden: true });
  let chart = null;
  const drawChart = () => {
    const home = $("chart");
    const metric = METRICS.find((one) => one.name === view.metric);
    const every = pointsOf(view.metric);
    const on = every.filter((p) => view.bases.has(p.basis));
    const points = on.filter((p) => !p.why).sort((a, b) => a.t - b.t || a.mid - b.mid);
    const wide = Math.max(260, home.clientWidth || 900), narrow = wide < 560;
    const height = Math.round(Math.min(480, Math.max(330, wide * 0.42)));
    $("timeline-title").textContent = view.metric === "cost" ? COSTS[view.scope] : metric.title;
    const scale = view.log ? "logarithmic scale" : "linear scale";
    const unit = metric.unit === "$" ? (view.dollars ? `US dollars of ${view.dollars}` : "US dollars of the day") : "";
    $("timeline-sub").textContent = `${plural(points.length, "claim")} by the day of the first page that makes it${unit ? `; ${unit}` : ""}; ${scale}`;
    chart = null;
    tip.hidden = true;
    if (!points.length) {
      put(home, el("p", { class: "empty" }, every.length ? "No dated claim to draw here; see the list below." : "The ledger holds no such claim yet."), tip);
      drawUndrawn(on);
      return;
    }
    const left = narrow ? 64 : 92, right = 14, top = 26, foot = 30;
    const values = points.flatMap((p) => [p.mid, p.low, p.high].filter((n) => n !== null && n > 0));
    const ys = view.log ? logScale(values, height, narrow) : evenScale(values, height);
    const xs = timeScale(points.map((p) => p.t), left, wide - right, narrow);
    const Y = (value) => top + ys.y(value);
    const root = svg("svg", { class: `chart${points.length > 300 ? " dense" : ""}`, width: wide, height: height + top + foot, viewBox: `0 0 ${wide} ${height + top + foot}`, role: "group", "aria-labelledby": "timeline-title", "aria-describedby": "timeline-sub" });
    for (const value of ys.ticks) {
      const y = Math.round(Y(value)) + 0.5;
      root.append(svg("path", { class: "grid", d: `M0 ${y}H${wide}` }), svg("text", { x: 0, y: y - 4 }, tickLabel(value, metric.unit)));
    }
    for (const tick of xs.ticks) {
      const x = Math.round(xs.x(tick.t)) + 0.5;
      root.append(svg("path", { class: "axis", d: `M${x} ${top + height}v5` }), svg("text", { x, y: top + height + 20, "text-anchor": "middle" }, tick.label));
    }
    root.append(svg("path", { class: "axis", d: `M0 ${top + height + 0.5}H${wide}` }));
    const wanted = view.find.toLowerCase().trim();
    const size = points.length > 400 ? 3.6 : points.length > 120 ? 4.6 : 5.8;
    const labels = svg("g", { "aria-hidden": "true" });
    const marks = svg("g", null);
    for (const p of points) { p.x = xs.x(p.t); p.y = Y(p.mid); }
    if (points.length <= 300) { // equal claims of one day stand side by side
      points.forEach((p, at) => {
        for (let time = 0; time < 6 && points.slice(0, at).some((other) => Math.hypot(other.x - p.x, other.y - p.y) < 5); time++) p.x += 2 * size - 1;
      });
    }
    for (const p of points) {
      p.dim = wanted !== "" && !`${named(p.fact)} ${p.fact.organization || ""}`.toLowerCase().includes(wanted);
      const whisker = p.low !== null
        ? `M${p.x} ${Y(p.high)}V${Y(p.low)}M${p.x - 4.5} ${Y(p.high)}h9M${p.x - 4.5} ${Y(p.low)}h9`
        : p.op === ">" ? `M${p.x} ${p.y}v-19m-4 5l4 -5l4 5` : p.op === "<" ? `M${p.x} ${p.y}v19m-4 -5l4 5l4 -5` : "";
      p.node = svg("g", { class: `mark b-${p.basis}${p.dim ? " dim" : ""}`, tabindex: -1, role: "link", "aria-label": `${named(p.fact) || "no model named"}: ${p.spoken}, ${p.basis}, ${day(p.fact.claim_date)}` },
        whisker ? svg("path", { class: "whisker", d: whisker }) : null,
        svg("g", { transform: `translate(${p.x} ${p.y})` }, svg("circle", { class: "halo", r: size + 4.5 }), shape(p.basis, size)));
      marks.append(p.node);
    }
    placeLabels(labels, points, { left, right: wide - 2, top: 4, bottom: top + height - 2, Y, narrow });
    root.append(labels, marks);
    put(home, root, tip);
    chart = { points, root, wide, now: 0, top, height };
    points[0].node.setAttribute("tabindex", 0);
    drawUndrawn(on);
  };

  const placeLabels = (layer, points, frame) => {
    const taken = points.filter((p) => !p.dim).flatMap((p) => {
      const boxes = [[p.x - 7, p.y - 7, p.x + 7, p.y + 7]];
      if (p.low !== null) boxes.push([p.x - 5, frame.Y(p.high) - 2, p.x + 5, frame.Y(p.low) + 2]);
      else if (p.op === ">") boxes.push([p.x - 5, p.y - 21, p.x + 5, p.y]);
      else if (p.op === "<") boxes.push([p.x - 5, p.y, p.x + 5, p.y + 21]);
      return boxes;
    });
    const free = (box) => box[0] >= frame.left - 60 && box[2] <= frame.right && box[1] >= frame.top && box[3] <= frame.bottom
      && taken.every((other) => box[2] <= other[0] || other[2] <= box[0] || box[3] <= other[1] || other[3] <= box[1]);
    let best = 0;
    const records = new Set();
    for (const p of points) if (p.mid > best && !p.dim) { best = p.mid; records.add(p); }
    const order = points.filter((p) => !p.dim && named(p.fact)).sort((a, b) => records.has(b) - records.has(a) || b.mid - a.mid || a.t - b.t).slice(0, 300);
    const most = frame.narrow ? 14 : 46, often = points.length <= 14 ? 9 : 1, full = points.length <= 16 && !frame.narrow;
    const seen = new Map();
    let drawn = 0;
    for (const p of order) {
      if (drawn >= most) break;
      const name = named(p.fact), times = seen.get(name) || 0;
      if (times >= often) continue;
      const short = name.length > 30 ? `${name.slice(0, 29)}…` : name;
      const text = full ? `${short}, ${p.spoken}` : short;
      const w = width(text) + 2, h = 15;
      const spots = [[11, -7.5], [-11 - w, -7.5], [-w / 2, -26], [-w / 2, 11], [9, -20], [9, 5], [-9 - w, -20], [-9 - w, 5], [13, -40], [-13 - w, -40], [13, 26], [-13 - w, 26], [20, -58], [20, 44]];
      for (const [dx, dy] of spots) {
        const box = [p.x + dx, p.y + dy, p.x + dx + w, p.y + dy + h];
        if (!free(box)) continue;
        if (Math.abs(dy + 7.5) > 24) layer.append(svg("path", { class: "lead", d: `M${p.x} ${p.y}L${Math.min(Math.max(p.x, box[0]), box[2])} ${dy < 0 ? box[3] - 2 : box[1] + 2}` }));
        layer.append(svg("text", { class: "label", x: box[0], y: box[1] + 11.5 }, text));
        taken.push(box); seen.set(name, times + 1); drawn += 1;
        break;
      }
    }
  };

  const showTip = (p, touch) => {
    chart.points.forEach((one) => one.node.classList.toggle("on", one === p));
    const fact = p.fact;
    put(tip, el("b", null, named(fact) || "No model named"), fact.organization && fact.organization !== named(fact) ? el("span", { class: "soft" }, ` ${fact.organization}`) : null,
      el("p", null, p.spoken, fact.currency && fact.currency !== "USD" ? el("span", { class: "soft" }, ` (${figure(fact)})`) : null, " · ", key(p.basis), ` ${p.basis}`),
      el("p", { class: "said", dir: "auto" }, "“", quoted(fact), "”"),
      el("p", { class: "small" }, [site(fact.page), day(fact.claim_date), p.claim.copies > 1 ? `${p.claim.copies} copies` : ""].filter(Boolean).join(" · ")),
      touch ? el("p", null, factLink(fact, "Go to the sentence")) : el("p", { class: "small" }, "Click or press Enter to go to the sentence."));
    tip.classList.toggle("touch", Boolean(touch));
    tip.hidden = false;
    const w = tip.offsetWidth, h = tip.offsetHeight;
    const leftward = p.x + 18 + w > chart.wide;
    tip.style.left = `${Math.max(0, leftward ? p.x - 18 - w : p.x + 18)}px`;
    const under = chart.wide < 560 || (leftward && p.x - 18 - w < 0);
    tip.style.top = `${under ? p.y + 26 : Math.max(0, Math.min(p.y - h / 3, chart.top + chart.height - h))}px`;
  };
  const hideTip = () => { tip.hidden = true; if (chart) chart.points.forEach((p) => p.node.classList.remove("on")); };
  const go = (p) => { hideTip(); location.hash = `#fact-${p.fact.id}`; if (p.fact.id === lastFact) route(); };
  // On the figure, not on the drawing: an SVG element that listens for focus can be tabbed to.
  const listen = (root) => {
    const nearest = (event, reach) => {
      if (!chart || tip.contains(event.target)) return null;
      const box = chart.root.getBoundingClientRect();
      const x = event.clientX - box.left, y = event.clientY - box.top;
      let best = null, far = reach;
      for (const p of chart.points) {
        if (p.dim) continue;
        const d = Math.hypot(p.x - x, p.y - y);
        if (d < far) { far = d; best = p; }
      }
      return best;
    };
    let touched = false;
    root.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
    root.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      const p = nearest(event, 26);
      root.style.cursor = p ? "pointer" : "default";
      if (p) showTip(p, false); else if (!tip.classList.contains("touch")) hideTip();
    });
    root.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") hideTip(); });
    root.addEventListener("click", (event) => {
      if (tip.contains(event.target)) return;
      const p = nearest(event, touched ? 40 : 26);
      if (!p) hideTip(); else if (touched) showTip(p, true); else go(p);
    });
    root.addEventListener("focusin", (event) => {
      if (!chart) return;
      const at = chart.points.findIndex((p) => p.node === event.target);
      if (at >= 0 && !touched) { chart.now = at; showTip(chart.points[at], false); }
    });
    root.addEventListener("focusout", (event) => { if (!tip.contains(event.relatedTarget)) hideTip(); });
    root.addEventListener("keydown", (event) => {
      if (!chart || !event.target.closest(".mark")) return;
      const last = chart.points.length - 1;
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      let to = null;
      if (step) to = Math.min(last, Math.max(0, chart.now + step));
      else if (event.key === "Home") to = 0;
      else if (event.key === "End") to = last;
      else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(chart.points[chart.now]); return; }
      else if (event.key === "Escape") { hideTip(); return; }
      else return;
      event.preventDefault();
      chart.points[chart.now].node.setAttribute("tabindex", -1);
      chart.points[to].node.setAttribute("tabindex", 0);
      chart.points[to].node.focus();
    });
  };

  const drawUndrawn = (points) => {
    const left = points.filter((p) => p.why).sort((a, b) => collate(named(a.fact), named(b.fact)));
    const home = $("undrawn");
    $("timeline-note").textContent = noteText(points);
    if (!left.length) { put(home); return; }
    const line = (p) => el("li", null, key(p.basis), " ", factLink(p.fact, named(p.fact) || "No model named"), `, ${p.spoken} `, el("span", { class: "soft" }, `(${p.why})`));
    const few = el("ul", { class: "undrawn" }, left.slice(0, 300).map(line));
    put(home, el("details", { open: left.length <= 12 }, el("summary", null, `${plural(left.length, "claim")} not on the chart`), few,
      left.length > 300 ? el("p", { class: "note" }, `And ${left.length - 300} more, in the table of facts.`) : null));
  };
  const noteText = (points) => {
    const said = ["Each mark is one claim, counted once a story; select it to read its sentence. A bar spans a range; an arrow means “more than” or “up to”; equal claims of one day stand side by side."];
    const foreign = points.filter((p) => p.claim.rate);
    if (foreign.length && (view.metric === "cost" || view.metric === "price")) said.push("Other currencies at the European Central Bank’s rate of the day.");
    if (view.dollars) said.push("Constant dollars by the US consumer price index (CPI-U).");
    const grown = D.growth.find((row) => row.metric === view.metric);
    if (grown && grown.claims >= 6 && grown.factor_low > 0 && grown.factor_high / grown.factor_low < 30 && (view.metric !== "cost" || view.scope === "training")) {
      const span = `95 % interval ${tidy(grown.factor_low, 2)} to ${tidy(grown.factor_high, 2)}`, line = `A line through ${grown.claims} claims`;
      if (grown.factor_low > 1) said.push(`${line} rises by a factor of ${tidy(grown.factor_a_year, 2)} a year (${span}).`);
      else if (grown.factor_high < 1) said.push(`${line} falls to ${tidy(grown.factor_a_year, 2)} of itself a year (${span}).`);
      else said.push(`${line} neither rises nor falls for certain (factor a year: ${span}).`);
    }
    return said.join(" ");
  };

  const drawMetrics = () => {
    const made = [];
    for (const metric of METRICS) {
      const scope = view.scope;
      if (metric.name === "cost" && view.metric !== "cost") view.scope = "training";
      const all = pointsOf(metric.name);
      view.scope = scope;
      if (!all.length && metric.name !== view.metric) continue;
      const points = all.filter((p) => !p.why);
      const dots = svg("svg", { viewBox: "0 0 120 38", preserveAspectRatio: "none", "aria-hidden": "true" });
      if (points.length) {
        const [t0, t1] = [Math.min(...points.map((p) => p.t)), Math.max(...points.map((p) => p.t))];
        const logs = points.map((p) => Math.log(p.mid));
        const [y0, y1] = [Math.min(...logs), Math.max(...logs)];
        const every = Math.ceil(points.length / 150);
        points.forEach((p, at) => {
          if (at % every) return;
          dots.append(svg("path", { class: "dot", d: `M${4 + 112 * (t1 > t0 ? (p.t - t0) / (t1 - t0) : 0.5)} ${34 - 30 * (y1 > y0 ? (logs[at] - y0) / (y1 - y0) : 0.5)}h.01` }));
        });
      }
      made.push(el("button", { type: "button", class: "metric", "data-metric": metric.name, "aria-pressed": String(metric.name === view.metric), on: { click: () => { view.metric = metric.name; drawMetrics(); drawControls(); drawChart(); $("metrics").querySelector('[aria-pressed="true"]').focus(); } } },
        metric.short, " ", el("span", { class: "n" }, all.length.toLocaleString("en-US")), dots));
    }
    put($("metrics"), made);
  };
  const drawControls = () => {
    const isMoney = view.metric === "cost" || view.metric === "price";
    const choose = (label, value, options, act) => el("select", { "aria-label": label, on: { change: (event) => { act(event.target.value); drawChart(); } } }, options.map(([one, text]) => { const option = el("option", { value: one }, text); option.selected = String(one) === String(value); return option; }));
    const present = new Set(claims.filter((claim) => claim.fact.kind === view.metric).map((claim) => claim.fact.basis || "reported"));
    const legend = el("fieldset", { class: "legend", "aria-label": "Basis of the figures" }, BASES.filter((basis) => present.has(basis)).map((basis) => {
      const box = el("input", { type: "checkbox", value: basis, on: { change: (event) => { if (event.target.checked) view.bases.add(basis); else view.bases.delete(basis); drawChart(); } } });
      box.checked = view.bases.has(basis);
      return el("label", null, box, key(basis), basis);
    }));
    const scopes = counted(claims.filter((claim) => claim.fact.kind === "cost"), (claim) => claim.fact.scope);
    put($("controls"), legend,
      view.metric === "cost" && scopes.length > 1 ? choose("Spent on", view.scope, [...scopes.map(([scope, n]) => [scope, `${scope === "other" ? "other costs" : scope} (${n})`]), ["all", "every cost"]], (value) => { view.scope = value; }) : null,
      isMoney && years.length ? choose("Dollars", view.dollars, [[0, "dollars of the day"], [lastYear, `dollars of ${lastYear}`], [2020, "dollars of 2020"]], (value) => { view.dollars = Number(value); }) : null,
      choose("Scale", view.log ? "log" : "linear", [["log", "log scale"], ["linear", "linear scale"]], (value) => { view.log = value === "log"; }),
      el("label", { class: "grow" }, el("input", { type: "search", id: "find", placeholder: "Find a model or maker", "aria-label": "Find a model or maker in the chart", value: view.find, on: { input: (event) => { view.find = event.target.value; drawChart(); } } })));
  };

  // ---- overview ---------------------------------------------------------------------------------
  const drawOverview = () => {
    const a = D.about;
    $("kicker").textContent = ["The ledger", a.first_day && a.last_day ? `claims from ${day(a.first_day)} to ${day(a.last_day)}` : "", a.fetched ? `pages read until ${day(a.fetched)}` : ""].filter(Boolean).join(" · ");
    const link = (target, text) => el("a", { href: `#${target}` }, text);
    put($("lede"), link("facts", plural(a.facts, "fact")), " about ", link("models", plural(a.models, "model")), ", read from ", link("sources", plural(a.pages, "page")),
      a.stories < a.pages ? ` that tell ${plural(a.stories, "story", "stories")}` : "", ". ",
      a.cuts ? ["Before reading, ", link("cuts", plural(a.cuts, "span")), " of spam and page furniture ", a.cuts === 1 ? "was" : "were", " cut. "] : "",
      "Every figure rests on a sentence that you can read here.");
    const records = [["cost", "Highest training cost reported"], ["parameters", "Largest model reported"], ["hardware", "Most devices in one training run"], ["compute", "Most training compute"], ["tokens", "Most training data"], ["duration", "Longest training run"]];
    const made = [];
    for (const [metric, what] of records) {
      let best = null;
      for (const claim of claims) {
        if (claim.fact.kind !== metric || (claim.fact.basis || "reported") !== "reported" || !claim.fact.model || claim.fact.period || claim.fact.op === "<") continue;
        if (metric === "cost" ? claim.fact.scope !== "training" : (claim.fact.use || "training") !== "training") continue;
        const amount = metric === "cost" ? claim.usd : claim.fact.value;
        if (amount !== null && (!best || amount > best.amount)) best = { amount, fact: claim.fact };
      }
      if (!best || made.length === 4) continue;
      const big = metric === "cost" && best.fact.currency !== "USD" ? money(best.amount, "USD") : figure(best.fact);
      made.push(el("div", { class: "record" }, el("span", { class: "what" }, what), el("a", { class: "big", href: `#fact-${best.fact.id}` }, raise(big)),
        el("span", { class: "who" }, modelLink(best.fact.model), el("span", { class: "soft" }, [site(best.fact.page), known(best.fact) ? best.fact.claim_date.slice(0, 4) : ""].filter(Boolean).map((s) => ` · ${s}`).join("")))));
    }
    put($("records"), made);
    const parts = [["timeline", "Timeline"], D.live ? ["sql", "SQL"] : null, ["models", "Models", a.models], ["facts", "Facts", a.facts], ["findings", "Checks", a.findings], ["conflicts", "Conflicts", a.conflicts], ["sources", "Sources", a.pages], ["cuts", "Cuts", a.cuts]];
    put($("nav"), parts.filter(Boolean).map(([target, name, n]) => el("li", null, el("a", { href: `#${target}` }, name, n === undefined ? null : [" ", el("span", { class: "n" }, n.toLocaleString("en-US"))]))));
    put($("foot"), "Made by Costline from a ledger of claims: each figure carries the words it rests on. A claim is what a text says, not what is true; estimates, projections and hypotheticals are marked as such. ", D.live ? "This page comes from this machine, which only reads; " : "Nothing on this page comes from, or goes to, a network; ", "links lead to the pages quoted.");
    if (a.shown < a.facts) $("facts-sub").textContent = `The latest ${a.shown.toLocaleString("en-US")} of ${plural(a.facts, "fact")}. `;
    $("facts-sub").append("What texts say, sentence by sentence; the figure is marked. Denied and derived figures are here too, and say so.");
  };

  // ---- sections ---------------------------------------------------------------------------------
  const perModel = new Map();
  for (const fact of facts) if (fact.model) { if (!perModel.has(fact.model)) perModel.set(fact.model, []); perModel.get(fact.model).push(fact); }
  const ORDER = ["developer", "cost", "parameters", "compute", "tokens", "hardware", "device_hours", "duration", "energy", "emissions", "price", "trend"];
  const shownModels = new Set();
  const bestOf = (model) => [
    ["Training cost", model.training_usd !== null ? money(model.training_usd, "USD") : ""], ["Parameters", compact(model.parameters)], ["Active", compact(model.active_parameters)], ["Tokens", compact(model.tokens)],
    ["Compute", model.compute_flop !== null ? raise(`${compact(model.compute_flop)} FLOP`) : ""], ["Devices", model.device_count !== null ? `${compact(model.device_count)} × ${model.device || "?"}` : model.device], ["Device hours", compact(model.device_hours)],
    ["Training time", model.training_hours !== null ? `${compact(model.training_hours)} hours` : ""], ["Energy", model.energy_kwh !== null ? `${compact(model.energy_kwh)} kWh` : ""], ["Emissions", model.emissions_kg !== null ? `${compact(model.emissions_kg)} kg CO₂e` : ""],
  ];
  // Copies of a story repeat its sentences: a model's section shows the first.
  const original = (list) => {
    const kept = new Map();
    for (const fact of list) {
      const spot = [fact.page ? fact.page.story : -1, fact.kind, fact.op, fact.value, fact.low, fact.high, fact.device, fact.scope, fact.role, fact.organization, fact.flags & 1].join("|");
      if (!kept.has(spot)) kept.set(spot, fact);
    }
    return [...kept.values()];
  };
  const fillers = new Map();
  const modelSection = (model) => {
    const list = original(perModel.get(model.model) || []).sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || collate(a.claim_date, b.claim_date) || a.at - b.at);
    const best = bestOf(model).filter(([, value]) => value);
    const inside = el("div", { class: "inside" });
    const about = [model.organization, model.aliases.length ? `also ${model.aliases.slice(0, 6).join(", ")}` : "", model.first_day ? `first claim ${day(model.first_day)}` : "no known day", plural(model.stories, "story", "stories")].filter(Boolean).join(" · ");
    const fillIn = () => {
      if (inside.hasChildNodes()) return;
      put(inside, el("div", null, told(best)), el("div", null, factList(list.slice(0, 30)),
        list.length > 30 ? el("button", { type: "button", class: "more", on: { click: () => { factsTable.search(model.model); location.hash = "#facts"; } } }, `All ${model.facts} facts that name it`) : null));
    };
    fillers.set(model.slug, fillIn);
    const details = el("details", { on: { toggle: () => { if (details.open) fillIn(); } } },
      el("summary", null, el("h3", null, model.model), el("span", { class: "who" }, about)), inside);
    return el("section", { class: "model", id: `model-${model.slug}` }, details);
  };
  // Filled at once: the toggle event comes too late for a page that is about to be printed.
  const openModel = (section) => { const details = section.querySelector("details"); fillers.get(section.id.slice(6))(); details.open = true; return details.querySelector("summary"); };
  const drawModels = (wanted) => {
    const opened = new Set([...document.querySelectorAll("#model-sections details[open]")].map((one) => one.parentNode.id));
    for (const model of wanted) shownModels.add(model);
    const list = models.filter((model) => shownModels.has(model));
    const rest = models.length - list.length;
    const sections = list.map(modelSection);
    put($("model-sections"), sections, rest ? el("button", { type: "button", class: "more", on: { click: () => drawModels(models.filter((model) => !shownModels.has(model)).slice(0, 50)) } }, `Show more of the other ${plural(rest, "model")}`) : null);
    sections.filter((one) => opened.has(one.id)).forEach(openModel);
  };
  let factsTable;
  const drawTables = () => {
    table($("models-table"), models, { word: "model", sort: "facts", down: true, size: 15, placeholder: "Search models and makers", none: "No model is named yet.",
      search: (m) => `${m.model} ${m.organization || ""} ${m.aliases.join(" ")} ${m.device || ""}`,
      columns: [
        { key: "model", label: "Model", value: (m) => m.model, cell: (m) => modelLink(m.model), cls: "mid" }, { key: "org", label: "Maker", value: (m) => m.organization, cls: "mid soft" },
        { key: "seen", label: "First claim", value: (m) => m.first_day, cell: (m) => m.first_day ? day(m.first_day) : el("span", { class: "soft" }, "not known"), cls: "day" },
        { key: "usd", label: "Training cost", value: (m) => m.training_usd, cell: (m) => m.training_usd === null ? "" : money(m.training_usd, "USD"), num: true },
        { key: "params", label: "Parameters", value: (m) => m.parameters, cell: (m) => compact(m.parameters), num: true }, { key: "tokens", label: "Tokens", value: (m) => m.tokens, cell: (m) => compact(m.tokens), num: true },
        { key: "flop", label: "FLOP", value: (m) => m.compute_flop, cell: (m) => raise(compact(m.compute_flop)), num: true },
        { key: "devices", label: "Devices", value: (m) => m.device_count, cell: (m) => m.device_count === null ? m.device || "" : `${compact(m.device_count)} × ${m.device || "?"}`, num: true },
        { key: "facts", label: "Facts", value: (m) => m.facts, num: true }, { key: "stories", label: "Stories", value: (m) => m.stories, num: true },
      ] });
    drawModels(models.slice(0, 20));
    factsTable = table($("facts-table"), facts, { word: "fact", sort: "day", down: true, placeholder: "Search sentences, models, makers, sites", id: (f) => `fact-${f.id}`, detail: factDetail, none: "No fact was read yet.",
      search: (f) => `${named(f)} ${f.organization || ""} ${f.passage.slice(f.q, f.r)} ${f.device || ""} ${figure(f)} ${f.page ? `${f.page.title || ""} ${site(f.page)}` : ""} ${f.id} ${f.rule}`,
      filters: [
        pickBy("kind", "Every kind", (f) => f.kind, (value) => KIND[value] || value), pickBy("basis", "Every basis", (f) => f.basis),
        { key: "marks", label: "All figures", match: (f, value) => value === "plain" ? !f.marks.length : f.marks.includes(value), options: (list) => [["plain", "stated figures only"], ...FLAGS.filter((flag) => list.some((f) => f.marks.includes(flag))).map((flag) => [flag, `${flag} only`])] },
      ],
      columns: [
        { key: "day", label: "Day", value: (f) => known(f) ? f.claim_date : "", cell: (f) => known(f) ? day(f.claim_date) : el("span", { class: "soft" }, "not known"), cls: "day" },
        { key: "model", label: "Model", value: (f) => named(f), cell: (f) => f.model ? modelLink(f.model) : el("span", { class: "soft" }, named(f) || "none named"), cls: "mid" },
        { key: "kind", label: "What", value: (f) => kind(f), cls: "mid soft" },
        { key: "figure", label: "Figure", value: (f) => f.claim && f.claim.usd !== null ? f.claim.usd : f.value !== null ? f.value : f.low, cell: (f) => [raise(figure(f)), f.marks.length ? [" ", el("span", { class: `tag${f.denied ? " bad" : ""}` }, f.marks.join(", "))] : null], cls: "figure" },
        { key: "basis", label: "Basis", value: (f) => f.basis, cell: basisCell, cls: "day" },
        { key: "quote", label: "Sentence", value: (f) => f.passage.slice(f.q, f.r), cell: (f) => el("span", { class: "quote" }, quoted(f)), cls: "wide" },
        { key: "page", label: "Page", value: (f) => site(f.page), cell: (f) => f.page ? out(f.page.link, site(f.page) || f.page.title || "page") : "", cls: "mid small" },
      ] });
    const VERDICT = { agrees: "good", differs: "bad", conflicts: "bad" };
    const listOf = (row) => el("div", { class: "card" }, factList(row.facts.map((at) => facts[at])));
    table($("findings-table"), findings, { word: "finding", none: "No cross-check has been stored: run costline check.", detail: listOf, placeholder: "Search findings",
      search: (r) => `${r.model || ""} ${r.check_name} ${r.formula} ${r.verdict}`,
      filters: [pickBy("verdict", "Every verdict", (r) => r.verdict), pickBy("check", "Every check", (r) => r.check_name, (value) => value.replace(/[-_.]/g, " "))],
      columns: [
        { key: "verdict", label: "Verdict", value: (r) => r.verdict, cell: (r) => el("span", { class: `tag ${VERDICT[r.verdict] || ""}` }, r.verdict), cls: "day" }, { key: "model", label: "Model", value: (r) => r.model, cell: (r) => r.model ? modelLink(r.model) : "", cls: "mid" },
        { key: "check", label: "Check", value: (r) => r.check_name.replace(/[-_.]/g, " "), cls: "mid soft" }, { key: "formula", label: "Formula", value: (r) => r.formula, cls: "wide" },
        { key: "expected", label: "Computed", value: (r) => r.verdict === "conflicts" ? null : r.expected, cell: (r) => r.verdict === "conflicts" ? "" : compact(r.expected), num: true }, { key: "stated", label: "Stated", value: (r) => r.verdict === "conflicts" ? null : r.stated, cell: (r) => r.verdict === "conflicts" ? "" : compact(r.stated), num: true },
      ] });
    for (const [id, list, all] of [["findings", findings, D.about.findings], ["conflicts", conflicts, D.about.conflicts], ["sources", articles, D.about.pages], ["cuts", cuts, D.cuts.counts.reduce((sum, row) => sum + row.n, 0)]]) {
      if (list.length < all) $(`${id}-table`).before(el("p", { class: "note" }, `${list.length.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} are on this page.`));
    }
    const strip = (row) => {
      const at = (value) => 6 + 158 * (row.highest > row.lowest ? Math.log(value / row.lowest) / Math.log(row.highest / row.lowest) : 0.5);
      return svg("svg", { class: "strip", viewBox: "0 0 170 18", "aria-hidden": "true" }, svg("line", { x1: 6, x2: 164, y1: 9, y2: 9 }),
        row.facts.map((number) => facts[number]).filter((f) => f.value > 0).map((f) => svg("g", { class: `b-${f.basis || "reported"}`, transform: `translate(${at(f.value)} 9)` }, shape(f.basis || "reported", 4.4))));
    };
    const said = (row, value) => row.kind === "cost" ? money(value, row.unit) : compact(value);
    table($("conflicts-table"), conflicts, { word: "conflict", none: "No two stories disagree on a model’s figure.", detail: listOf, placeholder: "Search conflicts", search: (r) => `${r.model} ${r.kind} ${r.scope || ""} ${r.role || ""} ${r.device || ""}`,
      filters: [pickBy("kind", "Every kind", (r) => r.kind, (value) => KIND[value] || value)],
      columns: [
        { key: "model", label: "Model", value: (r) => r.model, cell: (r) => modelLink(r.model), cls: "mid" },
        { key: "kind", label: "What", value: (r) => kind(r) + (r.role && r.role !== "total" ? `, ${r.role}` : "") + (r.kind === "device_hours" && r.device ? `, ${r.device}` : ""), cls: "mid soft" },
        { key: "range", label: "From", value: (r) => r.lowest, cell: (r) => said(r, r.lowest), num: true }, { key: "strip", label: "Figures", value: (r) => r.facts.length, cell: strip },
        { key: "high", label: "To", value: (r) => r.highest, cell: (r) => said(r, r.highest), num: true }, { key: "spread", label: "Spread", value: (r) => r.spread, cell: (r) => `×${tidy(r.spread, 3)}`, num: true },
        { key: "stories", label: "Stories", value: (r) => r.stories, num: true }, { key: "first", label: "First said", value: (r) => r.first_day, cell: (r) => r.facts.length ? factLink(facts[r.facts[0]], day(r.first_day)) : day(r.first_day), cls: "day" },
      ] });
    table($("sources-table"), articles, { word: "page", sort: "day", down: true, placeholder: "Search titles, sites, authors", none: "No page is stored yet.",
      search: (p) => `${p.title || ""} ${site(p)} ${p.author || ""} ${p.original_source || ""} ${p.link || p.where || ""}`,
      filters: [pickBy("site", "Every site", (p) => site(p)), pickBy("language", "Every language", (p) => p.language)],
      columns: [
        { key: "day", label: "Published", value: (p) => p.published, cell: (p) => p.published ? day(p.published) : el("span", { class: "soft" }, "not known"), cls: "day" },
        { key: "title", label: "Page", value: (p) => p.title || p.where, cell: (p) => [out(p.link, p.title || p.link || p.where || ""), p.where ? el("div", { class: "soft small" }, p.where) : null], cls: "wide" },
        { key: "site", label: "Site", value: (p) => site(p), cell: (p) => [site(p), p.author ? el("div", { class: "soft small" }, p.author) : null], cls: "mid" },
        { key: "from", label: "First published by", value: (p) => p.original_source, cls: "mid soft" }, { key: "copies", label: "Copies", value: (p) => p.copies, cell: (p) => p.copies > 1 ? p.copies : "", num: true },
        { key: "facts", label: "Facts", value: (p) => p.facts, num: true }, { key: "cuts", label: "Cuts", value: (p) => p.cuts, num: true },
      ] });
    const aside = [
      D.aside.length ? el("details", null, el("summary", null, `${plural(D.aside.length, "page")} set aside`), el("ul", { class: "undrawn" }, D.aside.map((row) => el("li", { dir: "auto" }, el("span", { class: "tag" }, row.reason), " ", out(row.link, row.title || row.where), row.detail ? el("span", { class: "soft" }, ` ${row.detail}`) : null)))) : null,
      D.failures.length ? el("details", null, el("summary", null, `${plural(D.failures.length, "input")} failed`), el("ul", { class: "undrawn" }, D.failures.map((row) => el("li", { dir: "auto" }, el("span", { class: "tag bad" }, row.reason), ` ${row.input} `, el("span", { class: "soft" }, row.hint || ""))))) : null,
    ];
    put($("aside"), aside);
    const most = Math.max(1, ...D.cuts.counts.map((row) => row.n));
    put($("cuts-summary"), el("div", { class: "bars" }, D.cuts.counts.map((row) => {
      const bar = el("span", { class: `fill${row.spam ? " spam" : ""}` });
      bar.style.width = `${100 * row.n / most * 0.8}%`;
      return [el("span", null, row.reason.replace(/_/g, " "), row.kept ? el("span", { class: "soft" }, " (kept, in doubt)") : null), el("span", { class: "track" }, bar, el("span", { class: "soft" }, row.n.toLocaleString("en-US")))];
    })));
    const SPAM = new Set(D.cuts.counts.filter((row) => row.spam).map((row) => row.reason));
    table($("cuts-table"), cuts, { word: "span", placeholder: "Search what was cut", none: "Nothing was cut.", id: (c) => `cut-${c.id}`,
      search: (c) => `${c.text} ${c.reason} ${c.rule} ${c.article >= 0 ? articles[c.article].title || "" : c.where || ""}`,
      filters: [{ key: "spam", label: "Spam and furniture", match: (c, value) => SPAM.has(c.reason) === (value === "spam"), options: () => [["spam", "spam only"], ["page", "page furniture only"]] }, pickBy("reason", "Every reason", (c) => c.reason, (value) => value.replace(/_/g, " "))],
      columns: [
        { key: "reason", label: "Reason", value: (c) => c.reason.replace(/_/g, " "), cell: (c) => [el("span", { class: `tag${SPAM.has(c.reason) ? " bad" : ""}` }, c.reason.replace(/_/g, " ")), c.kept ? el("div", { class: "soft small" }, "kept, in doubt") : null, c.restored ? el("div", { class: "soft small" }, "restored") : null] },
        { key: "text", label: "Text", value: (c) => c.text, cls: "wide" }, { key: "rule", label: "Rule and evidence", value: (c) => c.rule, cell: (c) => [el("code", null, c.rule), c.evidence ? el("div", { class: "soft small" }, c.evidence) : null], cls: "mid" },
        { key: "page", label: "Page", value: (c) => c.article >= 0 ? articles[c.article].title : c.where, cell: (c) => c.article >= 0 ? pageCell(articles[c.article]) : c.where, cls: "mid small" },
      ] });
  };

  // ---- SQL (only on the live page) --------------------------------------------------------------
  const drawSql = () => {
    $("sql").hidden = false;
    const box = el("textarea", { id: "sql-text", spellcheck: "false", "aria-label": "SQL", placeholder: "SELECT …" });
    box.value = "SELECT model, usd, claim_date, quote\nFROM cost_timeline\nWHERE scope = 'training'\nORDER BY usd DESC NULLS LAST";
    const answer = el("div", { id: "sql-answer", "aria-live": "polite" });
    const ask = async () => {
      put(answer, el("p", { class: "soft" }, "Asking …"));
      for (let time = 0; time < 20; time++) {
        let said, status;
        try {
          const response = await fetch("/query", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sql: box.value }) });
          status = response.status;
          said = await response.json();
        } catch (problem) {
          put(answer, el("p", { class: "error" }, "The server does not answer; is costline serve still running?"));
          return;
        }
        if (status === 503) {
          put(answer, el("p", { class: "soft" }, `${said.error} Trying again …`));
          await new Promise((done) => setTimeout(done, 1500));
          continue;
        }
        if (said.error) { put(answer, el("p", { class: "error", dir: "auto" }, said.error)); return; }
        put(answer, el("p", { class: "soft small" }, `${plural(said.rows.length, "row")}${said.truncated ? ", and more that the limit holds back" : ""}`),
          el("div", { class: "scroll" }, el("table", { class: "answer" }, el("thead", null, el("tr", null, said.columns.map((name, at) => el("th", { scope: "col", class: said.numeric[at] ? "num" : null }, name)))),
            el("tbody", null, said.rows.map((row) => el("tr", null, row.map((value, at) => el("td", { class: said.numeric[at] ? "num" : null, dir: "auto" }, value))))))));
        return;
      }
      put(answer, el("p", { class: "error" }, "The database is still held by another run."));
    };
    box.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); ask(); } });
    const views = el("select", { "aria-label": "Documented views", on: { change: (event) => { if (event.target.value) box.value = event.target.value; } } }, el("option", { value: "" }, "Documented views"), (D.views || []).map((one) => el("option", { value: one.name }, `${one.name}: ${one.question}`)));
    put($("ask"), box, el("div", { class: "tools" }, el("button", { type: "button", class: "plain", id: "sql-run", on: { click: ask } }, "Run (Ctrl + Enter)"), views), answer);
  };

  // ---- where the address leads ------------------------------------------------------------------
  let lastFact = "";
  const show = (node, focus) => {
    if (!node) return;
    node.scrollIntoView({ block: "start" });
    if (focus) focus.focus({ preventScroll: true });
  };
  const route = () => {
    hideTip();
    let wanted = "";
    try { wanted = decodeURIComponent(location.hash.slice(1)); } catch (problem) { return; }
    if (wanted.startsWith("fact-")) {
      const id = wanted.slice(5).toLowerCase();
      const fact = id && (facts.find((one) => one.id === id) || facts.find((one) => one.id.startsWith(id)));
      if (!fact) return;
      lastFact = fact.id;
      const row = factsTable.open(fact);
      show(row, row && row.querySelector(".twist"));
    } else if (wanted.startsWith("model-")) {
      const model = models.find((one) => one.slug === wanted.slice(6));
      if (!model) return;
      if (!shownModels.has(model)) drawModels([model]);
      const at = $(wanted);
      show(at, at && openModel(at));
    } else if (wanted && $(wanted)) {
      show($(wanted), $(wanted).matches("section") ? $(wanted) : null);
    }
  };

  // ---- light and dark ---------------------------------------------------------------------------
  const remembered = { get: () => { try { return localStorage.getItem("costline-theme"); } catch (problem) { return null; } }, set: (value) => { try { localStorage.setItem("costline-theme", value); } catch (problem) { /* a page from disk may keep nothing */ } } };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const sayTheme = () => { $("theme").textContent = isDark() ? "Light" : "Dark"; $("theme").setAttribute("aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours"); };
  const kept = remembered.get();
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
  $("theme").addEventListener("click", () => { const next = isDark() ? "light" : "dark"; document.documentElement.dataset.theme = next; remembered.set(next); sayTheme(); });
  dark.addEventListener("change", sayTheme);

  // ---- begin ------------------------------------------------------------------------------------
  sayTheme();
  const first = METRICS.find((metric) => pointsOf(metric.name).some((p) => !p.why)) || METRICS[0];
  view.metric = first.name;
  drawOverview(); drawMetrics(); drawControls(); drawChart(); drawTables();
  if (D.live) drawSql();
  listen($("chart"));
  let seen = $("chart").clientWidth;
  new ResizeObserver(() => { const now = $("chart").clientWidth; if (now !== seen) { seen = now; drawChart(); } }).observe($("chart"));
  const spy = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const link = document.querySelector(`nav a[href="#${entry.target.id}"]`);
      if (link && entry.isIntersecting) { document.querySelectorAll("nav a[aria-current]").forEach((one) => one.removeAttribute("aria-current")); link.setAttribute("aria-current", "true"); link.closest("nav").scrollLeft = link.offsetLeft - 24; }
    }
  }, { rootMargin: "-20% 0px -75% 0px" });
  document.querySelectorAll("main > section").forEach((section) => spy.observe(section));
  addEventListener("beforeprint", () => { document.querySelectorAll("#model-sections > section").forEach(openModel); tables.forEach((one) => one.print(true)); });
  addEventListener("afterprint", () => { tables.forEach((one) => one.print(false)); });
  addEventListener("hashchange", route);
  addEventListener("keydown", (event) => { if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, select, textarea")) { event.preventDefault(); $("facts-table").querySelector("input").focus(); } });
  document.documentElement.dataset.ready = "yes";
  route();
};

(async () => {
  const told = JSON.parse(document.getElementById("data").textContent);
  if (!told.z) { begin(told); return; }
  // a large ledger comes compressed
  const bytes = Uint8Array.from(atob(told.z), (c) => c.charCodeAt(0));
  begin(JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text()));
})();
