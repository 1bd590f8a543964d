/** The record without one key; the same record if it has none. */
export function omit<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return key in record ? Object.fromEntries(Object.entries(record).filter(([other]) => other !== key)) : record;
}
