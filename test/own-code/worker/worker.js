'use strict';

// A worker as a reader of the book's days writes one: callbacks, var and the packages of 2016.
var os = require('os');
var Etcd = require('node-etcd');
var couchbase = require('couchbase');
var W3CWebSocket = require('websocket').w3cwebsocket;

var inProduction = process.env.NODE_ENV === 'production';
var place = inProduction ? bridgeOf(os.networkInterfaces().eth0) : '127.0.0.1';
var etcd = new Etcd(place, '2379');

etcd.watcher('/services/couchbase', null, { recursive: true }).on('set', function (change) {
  console.log('couchbase is at another place:', change.node.value);
  process.exit(0);
});

var found = etcd.getSync('/services/couchbase', { recursive: true });
if (found.err || !found.body.node.nodes) {
  console.log('no couchbase in etcd yet');
  process.exit(1);
}
var hosts = found.body.node.nodes.map(function (node) {
  return node.value;
});
var url = 'couchbase://' + hosts.join(',');
console.log("a reader's worker; current connection: " + url);

var bucket = new couchbase.Cluster(url).openBucket('default', function (error) {
  if (error) {
    console.log('no bucket: ' + error.message);
    process.exit(1);
  }
  follow();
});

function follow() {
  var feed = new W3CWebSocket('ws://stream.meetup.com/2/rsvps');
  feed.onerror = function () {
    console.log('the feed cannot be followed');
    process.exit(1);
  };
  feed.onclose = feed.onerror;
  feed.onmessage = function (message) {
    var rsvp = JSON.parse(message.data);
    bucket.upsert('rsvp-' + rsvp.rsvp_id, rsvp.event, function (error) {
      if (error) {
        console.log('not stored: ' + error.message);
        process.exit(1);
      }
    });
  };
}

function bridgeOf(addresses) {
  var own = addresses.filter(function (one) {
    return one.family === 'IPv4';
  })[0].address;
  return own.split('.').slice(0, 3).concat('1').join('.');
}
