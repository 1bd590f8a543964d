/** Length in Unicode code points: an emoji counts as one, where `length` says two. */
export function codePoints(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff && index + 1 < text.length) index++;
    count++;
  }
  return count;
}
