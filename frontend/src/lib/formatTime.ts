const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const withYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

const DAY_MS = 86_400_000;

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export const formatTime = {
  clock: (iso: string): string => clock.format(new Date(iso)),
  full: (iso: string): string => full.format(new Date(iso)),
  /** "Today", "Yesterday", "Thursday, 20 November", with the year when it is another one. */
  day(iso: string, now = new Date()): string {
    const date = new Date(iso);
    const days = Math.round((midnight(now) - midnight(date)) / DAY_MS);
    if (days === 0) return "Today";
    if (days === 1) return "Yesterday";
    return (date.getFullYear() === now.getFullYear() ? weekday : withYear).format(date);
  },
};
