// Who is signed in on this page, and the token that all posts carry until the sign-in ends.

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const person = meta("person");

let token = meta("csrf");
export const csrf = () => token;

// A page that was kept from an earlier session holds an old token. False when nobody or somebody else is signed in now.
export const renew = async () => {
  const answer = await fetch("/h5/uploads", { headers: { Accept: "application/json" } });
  if (!answer.ok) return false;
  const said = await answer.json();
  if (String(said.person) !== person) return false;
  token = said.csrf;
  return true;
};

export const signIn = () => `/login?${new URLSearchParams({ next: location.pathname + location.search })}`;
