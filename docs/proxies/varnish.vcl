# Hubbub behind Varnish 7: put it at /etc/varnish/default.vcl, and start Hubbub with HUBBUB_TRUSTED_PROXIES=loopback.
# What each line is for stands in docs/proxies/README.md. The tests run this very file.

vcl 4.1;

backend hubbub {
	.host = "127.0.0.1";
	.port = "8080";
	# Hubbub is heard from every 25 s on every connection, and no poll is held for longer.
	.first_byte_timeout = 60s;
	.between_bytes_timeout = 60s;
}

sub vcl_recv {
	if (req.url ~ "^/metrics") {
		return (synth(403));
	}
	# A WebSocket and an event stream go straight through.
	if (req.http.Upgrade ~ "(?i)websocket" || req.http.Accept ~ "text/event-stream") {
		return (pipe);
	}
	# Short polls are the same for everybody and are kept for a second; all else passes by the cache.
	if (req.method == "GET" && req.url ~ "^/rooms/[^/]+/events(\?|$)" && req.url !~ "[?&]wait=0*\.?0*[1-9]" && !req.http.Authorization) {
		return (hash);
	}
	return (pass);
}

sub vcl_pipe {
	if (req.http.Upgrade) {
		set bereq.http.Upgrade = req.http.Upgrade;
		set bereq.http.Connection = req.http.Connection;
	} else {
		set bereq.http.Connection = "close";
	}
}

sub vcl_hash {
	hash_data(req.http.Origin);
}

sub vcl_backend_response {
	# What is a second old is old.
	set beresp.grace = 0s;
	set beresp.keep = 0s;
}
