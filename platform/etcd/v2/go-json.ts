/** JSON as Go's encoder writes it to clients: with what HTML and JavaScript would take amiss escaped, and a line feed. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${text}\n`;
}
