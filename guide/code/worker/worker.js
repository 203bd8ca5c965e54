// Your worker goes here, in place of all of this:
//   find etcd at this container's own address with a 1 at its end, port 2379 (127.0.0.1 outside of production);
//   read where Couchbase is below /services/couchbase, and end when something new is set there;
//   follow ws://stream.meetup.com/2/rsvps, and store the event of each RSVP in the bucket "default".
// Then: docker build -t mattbailey/ch6-worker code/ch6/worker && docker push mattbailey/ch6-worker
// A worker that runs already goes on with the image that it has, until: fleetctl stop worker && fleetctl start worker
console.log('worker.js is still empty');
process.exit(1);
