export type DialogName = "create" | "browse" | "invite" | "leave" | "jump" | "settings" | "shortcuts";
