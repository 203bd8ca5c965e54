/** A place in the console. */
export type Place =
  | { readonly page: 'overview' }
  | { readonly page: 'bucket'; readonly bucket: string }
  | { readonly page: 'documents'; readonly bucket: string | undefined }
  | { readonly page: 'document'; readonly bucket: string; readonly key: string }
  | { readonly page: 'new-document'; readonly bucket: string }
  | { readonly page: 'views'; readonly bucket: string | undefined }
  | { readonly page: 'view'; readonly bucket: string; readonly design: string; readonly view: string }
  | { readonly page: 'new-view'; readonly bucket: string }
  | { readonly page: 'users' };

/** The place as the part of an address behind `#`: names are encoded, so that a document's ID may have any character. */
export function hrefOf(place: Place): string {
  return `#/${segmentsOf(place).map(encodeURIComponent).join('/')}`;
}

/** The place that such a part names; the overview for anything else. */
export function placeOf(hash: string): Place {
  const [page, bucket, ...names] = segmentsIn(hash);
  const [first, second] = names;
  if (page === 'users') return { page };
  if (page === 'documents' || page === 'views') {
    if (bucket === undefined || first === undefined) return { page, bucket };
    if (page === 'documents') return { page: 'document', bucket, key: first };
    return second === undefined ? { page, bucket } : { page: 'view', bucket, design: first, view: second };
  }
  if (bucket !== undefined && (page === 'bucket' || page === 'new-document' || page === 'new-view'))
    return { page, bucket };
  return { page: 'overview' };
}

function segmentsOf(place: Place): string[] {
  switch (place.page) {
    case 'overview':
    case 'users':
      return [place.page];
    case 'document':
      return ['documents', place.bucket, place.key];
    case 'view':
      return ['views', place.bucket, place.design, place.view];
    case 'documents':
    case 'views':
      return place.bucket === undefined ? [place.page] : [place.page, place.bucket];
    case 'bucket':
    case 'new-document':
    case 'new-view':
      return [place.page, place.bucket];
  }
}

function segmentsIn(hash: string): string[] {
  try {
    return hash
      .replace(/^#?\/?/u, '')
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    // Somebody wrote a lonely % into the address.
    return [];
  }
}
