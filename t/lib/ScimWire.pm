# Requests as bytes on a socket, for tests that LWP cannot make, and the answers in the form that tests use.
package ScimWire;
use strict;
use warnings;
use Exporter 'import';
use HTTP::Response;
use IO::Socket::INET;
use ScimJson;

our @EXPORT = qw(connect_httpd raw_request read_reply reply);

# An HTTP::Response as a hash: status (0: no answer), type, etag, location, headers, body, json.
sub reply {
    my ($answer) = @_;
    my $body = $answer->content;
    return {
        status => $answer->code // 0, headers => $answer->headers, body => $body,
        json => length $body ? scalar eval { unjson($body) } : undef,
        type => scalar($answer->header('Content-Type')), etag => scalar($answer->header('ETag')),
        location => scalar($answer->header('Location')),
    };
}

sub connect_httpd {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ENV{SCIM_TEST_PORT}, @_) or die "connect: $!";
    $socket->autoflush(1);
    return $socket;
}

# The bytes of a request, for tests that write to a socket.
sub raw_request {
    my ($self, $method, $path, $body, @headers) = @_;
    $body = json($body) if ref $body;
    return join "\r\n", "$method $self->{base}$path HTTP/1.1", "Host: $self->{host}",
        "Authorization: Bearer $self->{token}", 'Connection: close', @headers,
        (defined $body ? ('Content-Type: application/scim+json', 'Content-Length: ' . length $body) : ()), '', $body // '';
}

sub read_reply {
    my ($socket) = @_;
    my $text = do { local $/; <$socket> } // '';
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my $answer = HTTP::Response->parse($head // '');
    $body = _dechunk($body) if ($answer->header('Transfer-Encoding') // '') eq 'chunked';
    $answer->content($body // '');
    return reply($answer);
}

sub _dechunk {
    my ($text) = @_;
    my $body = '';
    while ($text =~ s/^([0-9a-fA-F]+)[^\r]*\r\n//) {
        my $size = hex $1 or last;
        $body .= substr $text, 0, $size;
        substr $text, 0, $size + 2, '';
    }
    return $body;
}

1;
