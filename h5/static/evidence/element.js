// An element with its properties and what is inside; texts are texts, never markup.

export const element = (name, properties = {}, ...inside) => {
  const { className, dataset, ...rest } = properties;
  const made = document.createElement(name);
  if (className) made.className = className;
  Object.assign(made.dataset, dataset ?? {});
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...inside);
  return made;
};

export const button = (caption, onclick, className = "") =>
  element("button", { type: "button", className: `weui-btn weui-btn_mini weui-btn_default ${className}`, onclick }, caption);
