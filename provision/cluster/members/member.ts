/** One member of the etcd cluster, as etcd itself lists it. */
export interface Member {
  /** Decimal, as the JSON gateway has it (64 bits do not fit a JavaScript number). */
  readonly id: string;
  /** Empty for a member that was added later and has not started yet. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** It has told the cluster where its clients find it, so it has run and has stored something. */
  readonly started: boolean;
}

/** The cluster as its members see it. */
export interface MemberView {
  readonly members: readonly Member[];
  /** Some member answered a linearizable read: what is listed is what the cluster agreed on. */
  readonly quorum: boolean;
}

/** How a new machine's etcd finds the cluster (etcd documentation, "Clustering Guide"). */
export interface EtcdStart {
  /** `new`: all members begin together; `existing`: it joins those that are there. */
  readonly state: 'new' | 'existing';
  /** Exactly the members of the cluster, itself among them. */
  readonly members: readonly { readonly name: string; readonly peerUrl: string }[];
}
