/** A page of the contents: a source of the checkout, or a step of the chapter's guide. */
export interface Section {
  readonly title: string;
  /** Sources, in the order in which they are read; a heading of a source gives the title. */
  readonly sources: readonly string[];
}

/** Where the chapter's steps stand among the sources: each is a page that is made of guide/chapter/NN-ID.toml. */
export const chapterFolder = 'guide/chapter';

/** The contents beside every page. What is not among them is a page, too, where one of them names it. */
export const contents: readonly Section[] = [
  { title: 'Begin', sources: ['docs/quick-start.md', 'README.md', 'docs/known-issues.md'] },
  { title: 'The chapter, step by step', sources: [`${chapterFolder}/*`] },
  {
    title: 'Scenarios and guides',
    sources: ['docs/cookbook.md', 'docs/scenarios.md', 'docs/guides.md', 'docs/results.md'],
  },
  {
    title: 'Reference',
    sources: [
      'docs/fleet.md',
      'docs/etcdctl.md',
      'docs/etcd-v2.md',
      'docs/vagrant.md',
      'units/README.md',
      'apps/couchbase/README.md',
      'docs/errors.md',
      'docs/glossary.md',
    ],
  },
  {
    title: 'How it is made',
    sources: ['docs/architecture.md', 'docs/decisions/README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  },
];
