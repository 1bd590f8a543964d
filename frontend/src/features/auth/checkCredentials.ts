export interface Fault {
  field: string | null;
  message: string;
}

const USERNAME = /^[a-z0-9][a-z0-9._-]{1,31}$/;

/** What can be said without asking the server; null when it looks right. */
export function checkCredentials(mode: "login" | "register", username: string, password: string): Fault | null {
  if (username === "") return { field: "username", message: "Enter your username." };
  if (mode === "register" && !USERNAME.test(username)) {
    return { field: "username", message: "Use 2 to 32 letters a–z, digits, dots, dashes or underscores, starting with a letter or digit." };
  }
  if (password === "") return { field: "password", message: "Enter your password." };
  if (mode === "register" && password.length < 8) return { field: "password", message: "Use at least 8 characters." };
  return null;
}
