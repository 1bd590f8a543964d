export type DialogName = "create" | "browse" | "invite" | "jump" | "shortcuts";
