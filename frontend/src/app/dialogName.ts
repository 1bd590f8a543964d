export type DialogName = "create" | "browse" | "invite" | "leave" | "jump" | "direct" | "settings" | "shortcuts";
