// Your page's server goes here, in place of all of this:
//   find etcd as the worker does; read /services/couchbase and /services/memcached, and end when something new is set there;
//   keep sessions in memcached, serve index.html at / on port 3000;
//   make the view ddocid/by_id, query it every few seconds, and send its rows to everybody by Socket.IO as "message".
// Then: docker build -t mattbailey/ch6-web code/ch6/webapp && docker push mattbailey/ch6-web
// Pages that run already go on with the image that they have, until: fleetctl stop web@{1..3} && fleetctl start web@{1..3}
console.log('app.js is still empty');
process.exit(1);
