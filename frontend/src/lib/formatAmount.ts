export const formatAmount = {
  bytes(bytes: number): string {
    if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
    if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
    return `${Math.max(1, Math.round(bytes / 1e3))} KB`;
  },
  /** 0.6 s, 12 s, 2 min */
  seconds(seconds: number): string {
    if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
    return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  },
  age(seconds: number): string {
    if (seconds < 60) return "just now";
    if (seconds < 5400) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
    if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
    return `${Math.round(seconds / 86_400)} days ago`;
  },
  rate: (perSecond: number): string => `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} tok/s`,
};
