// What a member can press or choose on a card: buttons, the selection above them, votes, selects and the submit button.

import { h, icon } from "./dom.js";
import { isWebAddress } from "./rich.js";

const STYLES = [1, 2, 3, 4];
const LONG_BUTTON = 8;

/** Choices live on the phone, by message and question, so that a redrawn card keeps what was ticked. */
function chosen(context, question, initial) {
  const choices = context.phone.choices;
  const key = `${context.message.id}\n${question}`;
  if (!choices.has(key)) choices.set(key, initial);
  return { read: () => choices.get(key), write: (ids) => choices.set(key, ids) };
}

function initialOption({ selected_id: id, option_list: options }) {
  return options.some((option) => option.id === id) ? id : options[0]?.id;
}

function selected({ card, phone, message }) {
  const questions = [card.button_selection, card.checkbox, ...(card.select_list ?? [])].filter(Boolean);
  return Object.fromEntries(questions.map(({ question_key: question }) =>
    [question, phone.choices.get(`${message.id}\n${question}`) ?? []]));
}

async function press(context, key, button) {
  if (context.busy) return;
  context.busy = true;
  button.classList.add("waiting");
  await context.phone.send("card", { message_id: context.message.id, key, selected: selected(context) });
  button.classList.remove("waiting");
  context.busy = false;
}

function cardButton(context, { text, key, style = 1, type = 0, url = "" }) {
  const shape = STYLES.includes(Number(style)) ? style : 1;
  const button = h(
    "button",
    {
      class: `card-button style-${shape}`,
      type: "button",
      "data-testid": key ? `card-button-${key}` : "card-button-link",
      onclick: (event) => {
        event.stopPropagation();
        if (Number(type) === 1) isWebAddress(url) && context.phone.open(url, text);
        else press(context, key, button);
      },
    },
    text,
  );
  return button;
}

function inertArea(text) {
  const button = h("button", { class: "card-button style-inert", type: "button", disabled: true, "data-testid": "card-inert" }, text);
  return h("footer", { class: "card-buttons one" }, button);
}

export function buttonArea(context) {
  if (context.inert) return inertArea(context.inert);
  const buttons = context.card.button_list ?? [];
  const column = buttons.length === 1 || buttons.some(({ text }) => [...text].length > LONG_BUTTON);
  return h("footer", { class: `card-buttons ${column ? "one" : "two"}` }, buttons.map((each) => cardButton(context, each)));
}

export function submitArea(context) {
  if (context.inert) return inertArea(context.inert);
  const { text = "提交", key } = context.card.submit_button ?? {};
  return h("footer", { class: "card-buttons one" }, cardButton(context, { text: text || "提交", key }));
}

export function selection(context) {
  const question = context.card.button_selection;
  return question ? h("div", { class: "card-selects" }, select(context, question)) : null;
}

export function selectList(context) {
  return h("div", { class: "card-selects" }, (context.card.select_list ?? []).map((question) => select(context, question)));
}

function select(context, question) {
  const answer = chosen(context, question.question_key, [initialOption(question)]);
  const [current] = answer.read();
  return h(
    "label",
    { class: "card-select", onclick: (event) => event.stopPropagation() },
    h("span", {}, question.title ?? ""),
    h(
      "select",
      {
        disabled: Boolean(question.disable || context.inert),
        "data-testid": `select-${question.question_key}`,
        "aria-label": question.title || "请选择",
        onchange: (event) => answer.write([event.target.value]),
      },
      question.option_list.map((option) => h("option", { value: option.id, selected: option.id === current }, option.text)),
    ),
    icon("down"),
  );
}

export function checkbox(context) {
  const question = context.card.checkbox;
  if (!question) return null;
  const many = Number(question.mode ?? 0) === 1;
  const ticked = question.option_list.filter((option) => option.is_checked).map((option) => option.id);
  const answer = chosen(context, question.question_key, many ? ticked : ticked.slice(0, 1));
  return h(
    "fieldset",
    { class: "card-options", disabled: Boolean(question.disable || context.inert), onclick: (event) => event.stopPropagation() },
    h("legend", { class: "hidden" }, context.card.main_title?.title ?? "选项"),
    question.option_list.map((option) => optionRow(context, question, option, many, answer)),
  );
}

function optionRow(context, question, option, many, answer) {
  const ticked = answer.read().includes(option.id);
  return h(
    "label",
    { class: `card-option ${many ? "many" : "single"}` },
    h("input", {
      type: many ? "checkbox" : "radio",
      name: `${context.phone.userid}-${context.message.id}-${question.question_key}`,
      checked: ticked,
      "data-testid": `option-${option.id}`,
      onchange: (event) => answer.write(nextAnswer(answer.read(), option.id, many, event.target.checked)),
    }),
    h("span", { class: "tick", "aria-hidden": "true" }, icon("check")),
    h("span", {}, option.text),
  );
}

function nextAnswer(ids, id, many, on) {
  if (!many) return [id];
  return on ? [...ids.filter((each) => each !== id), id] : ids.filter((each) => each !== id);
}
