/** Every page that a paginator of the SDK answers. Array.fromAsync does the same, from Node 22 on. Throws what the paginator throws. */
export async function allPages<Page>(paginator: AsyncIterable<Page>): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of paginator) pages.push(page);
  return pages;
}
