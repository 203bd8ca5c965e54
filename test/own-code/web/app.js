'use strict';

// A page's server as a reader of the book's days writes one: express 4, sessions in memcached, rows by Socket.IO 1.4.
var os = require('os');
var path = require('path');
var express = require('express');
var session = require('express-session');
var MemcachedStore = require('connect-memcached')(session);
var Etcd = require('node-etcd');
var couchbase = require('couchbase');

var app = express();
var http = require('http').Server(app);
var io = require('socket.io')(http);
var inProduction = process.env.NODE_ENV === 'production';
var place = inProduction ? bridgeOf(os.networkInterfaces().eth0) : '127.0.0.1';
var etcd = new Etcd(place, '2379');

['couchbase', 'memcached'].forEach(function (service) {
  etcd.watcher('/services/' + service, null, { recursive: true }).on('set', function (change) {
    console.log(service + ' is at another place:', change.node.value);
    process.exit(0);
  });
});

var config = {
  couchbase: 'couchbase://' + placesOf('couchbase').join(','),
  memcached: placesOf('memcached').map(function (address) {
    return address + ':11211';
  }),
};
console.log('current config:', config);

app.use(
  session({
    secret: 'of a reader',
    key: 'test',
    resave: false,
    saveUninitialized: true,
    proxy: 'true',
    store: new MemcachedStore({ hosts: config.memcached }),
  }),
);
app.get('/visits', function (request, response) {
  request.session.visits = (request.session.visits || 0) + 1;
  response.json({ visits: request.session.visits });
});
app.get('/', function (request, response) {
  response.sendFile(path.join(__dirname, 'index.html'));
});

var bucket = new couchbase.Cluster(config.couchbase).openBucket('default', function (error) {
  if (error) stop('no bucket', error);
  var map = 'function (doc, meta) { emit(doc.event_id, doc.event_name); }';
  bucket.manager().upsertDesignDocument('ddocid', { views: { by_id: { map: map } } }, function (failure) {
    if (failure) stop('no view', failure);
    sendRows();
    setInterval(sendRows, 5000);
  });
});

function sendRows() {
  var query = couchbase.ViewQuery.from('ddocid', 'by_id').order(2).limit(10);
  bucket.query(query, function (error, rows) {
    if (error) return console.log('no rows: ' + error.message);
    io.emit('message', rows);
  });
}

http.listen(3000, function () {
  console.log('listening on *:3000');
});

function placesOf(service) {
  var found = etcd.getSync('/services/' + service, { recursive: true });
  if (found.err || !found.body.node.nodes) stop('nothing in etcd of ' + service, found.err || { message: 'no nodes' });
  return found.body.node.nodes.map(function (node) {
    return node.value;
  });
}

function stop(what, error) {
  console.log(what + ': ' + error.message);
  process.exit(1);
}

function bridgeOf(addresses) {
  var own = addresses.filter(function (one) {
    return one.family === 'IPv4';
  })[0].address;
  return own.split('.').slice(0, 3).concat('1').join('.');
}
