'use strict';

// The page's own client, Socket.IO 1.4.6, without a page: prints the first rows that come. Called with the page's address.
var socket = require('socket.io-client')(process.argv[2]);

socket.on('message', function (rows) {
  if (rows.length === 0) return;
  console.log(JSON.stringify(rows));
  process.exit(0);
});
setTimeout(function () {
  process.exit(1);
}, 20000);
