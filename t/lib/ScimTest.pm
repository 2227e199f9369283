# The base of all HTTP tests: a separate tenant, requests, exact comparison of answers, and the stored state.
#
#   my $t = ScimTest->new('users');              # makes the tenant and a token, by scimctl
#   my $res = $t->request(POST => '/Users', {...}, 'If-Match' => 'W/"1"');
#   is_reply($res, 201, $t->user({...}), 'create');
#   is_error($res, 409, 'uniqueness', qr/userName/, 'create again');
#
# The value undef removes a header; ':base', ':host' and ':port' select another Location, virtual host or httpd.
#
# While a test file runs, no other file uses its httpd, its PostgreSQL and their logs: it may stop servers, read the error
# log and count rows of all tenants. Other files use the processors at the same time. A file whose measurements they would
# disturb has a line `# alone: WHY`, and runs when no other file runs.
package ScimTest;
use strict;
use warnings;
use utf8;
use Exporter 'import';
use Digest::SHA 'sha1_base64';
use HTTP::Request;
use HTTP::Response;
use JSON::PP ();
use LWP::UserAgent;
use MIME::Base64 'encode_base64';
use ScimJson;
use ScimShape;
use ScimSql;
use ScimWire;
use Test::More;

our @EXPORT = qw(is_admin is_problem items administrator is_reply is_error is_json is_empty sql scimctl run_ok json unjson listing raw_request read_reply
    connect_httpd eventually log_lines graceful $ANY $ID $TIME $USER $GROUP $ENTERPRISE $PATCH $TYPE true false null);

our $ANY        = qr/./s;
our $ID         = qr/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
our $TIME       = qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
our $USER       = 'urn:ietf:params:scim:schemas:core:2.0:User';
our $GROUP      = 'urn:ietf:params:scim:schemas:core:2.0:Group';
our $ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
our $PATCH      = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
our $TYPE       = 'application/scim+json';

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my $work  = $ENV{SCIM_TEST_WORK} or die "run by t/http/run only\n";
our $PORT = $ENV{SCIM_TEST_PORT};
my $OWN = $PORT;    # of the suite's own httpd, which speaks HTTP/2 where it is asked to

sub true  { JSON::PP::true }
sub false { JSON::PP::false }
sub null  { undef }

# A tenant named after the test, with one token. Its name is unique, even for the same test in the same second.
my $tenants = 0;

sub new {
    my ($class, $name) = @_;
    my $tenant = lc "$name-" . sprintf '%x%x%x', $$, time % 0xfffff, $tenants++;
    $tenant =~ s/[^a-z0-9-]/-/g;
    my $self = bless { tenant => $tenant, base => "/scim/v2/$tenant", host => "127.0.0.1:$PORT" }, $class;
    scimctl(qw(tenant add), $tenant);
    scimctl(qw(tenant set), $tenant, '--profile', $ENV{SCIM_TEST_PROFILE}) if $ENV{SCIM_TEST_PROFILE};
    $self->{token} = $self->new_token('test');
    $self->{agent} = LWP::UserAgent->new(keep_alive => 4, timeout => 30, max_redirect => 0, agent => 'ScimTest');
    return $self;
}

sub new_token {
    my ($self, $name, @more) = @_;
    return unjson(scimctl(qw(token create --json --tenant), $self->{tenant}, '--name', $name, @more))->{token};
}

# Lets activity and logs show personal data, which a new tenant masks.
sub unmasked {
    my ($self) = @_;
    scimctl(qw(tenant set), $self->{tenant}, '--activity-mask', '');
    return $self;
}

sub tenant { $_[0]{tenant} }

# The base URL of locations.
sub url { "http://$_[0]{host}$_[0]{base}" }

sub scimctl {
    my ($text, $code) = run_ok("$work/bin/scimctl", @_);
    die "scimctl @_: exit $code: $text" if $code;
    return $text;
}

# The stored row of a resource.
sub row {
    my ($self, $id) = @_;
    my $text = sql("select row_to_json(x) from (select doc, version, type, deleted_at is not null as deleted, external_id,
        last_modified from scim.resource where tenant = '$self->{tenant}' and id = '$id') x");
    utf8::encode($text);
    return length $text ? unjson($text) : undef;
}

# The ids of a group's members as they are stored, in order.
sub stored_members {
    my ($self, $id) = @_;
    return [split /\n/, sql("select member_id from scim.membership
        where tenant = '$self->{tenant}' and group_id = '$id' order by member_id")];
}

sub request {
    my ($self, $method, $path, $json, %headers) = @_;
    $self->{requests}++ if !exists $headers{Authorization};
    my $base = delete $headers{':base'} // $self->{base};
    my $port = delete $headers{':port'} // $PORT;
    my $request = HTTP::Request->new($method, "http://127.0.0.1:$port$base$path");
    if (defined $json) {
        $request->content(ref $json ? json($json) : $json);
        $request->header('Content-Type' => $TYPE);
    }
    $request->header(Host => delete $headers{':host'}) if $headers{':host'};
    $request->header(Authorization => "Bearer $self->{token}");
    for my $name (keys %headers) {
        defined $headers{$name}
            ? $request->header($name => $headers{$name})
            : $request->remove_header($name);
    }
    return reply($ENV{SCIM_TEST_HTTP2} && $port == $OWN ? http2($request) : $self->{agent}->request($request));
}

# The activity of the last request(). A request that wrote nothing is recorded a moment after its answer.
sub last_activity {
    my ($self) = @_;
    eventually(sub { sql("select count(*) from scim.activity where tenant = '$self->{tenant}'") >= $self->{requests} });
    return $self->admin(GET => '/activity')->{json}{items}[0];
}

# The same by HTTP/2, which LWP does not support.
sub http2 {
    my ($request) = @_;
    my $body = "$work/tmp/http2-$$";
    open my $file, '>:raw', $body or die "$body: $!";
    print $file $request->content;
    close $file or die "$body: $!";
    my @headers = map { my $name = $_; map { ('-H', "$name: $_") } $request->header($name) } $request->header_field_names;
    my @send = length $request->content ? ('--data-binary', "\@$body") : ();
    my @command = (qw(curl -s --http2-prior-knowledge --path-as-is --globoff -m 30 -i -A ScimTest),
        ($request->method eq 'HEAD' ? '-I' : ('-X', $request->method)), @headers, @send, $request->uri);
    my $text;
    # If httpd answers before it has read the body, it resets the stream after its answer, and curl may then not report
    # the answer (92).
    for (1 .. 5) {
        open my $curl, '-|', @command or die "curl: $!";
        binmode $curl;
        $text = do { local $/; <$curl> } // '';
        close $curl;
        last if length $text || $? >> 8 != 92;
    }
    unlink $body;
    $text =~ s/^HTTP\/2 1\d\d.*?\r\n\r\n//s;
    $text =~ s/^HTTP\/2 (\d+) ?/HTTP\/1.1 $1 /;
    return HTTP::Response->parse($text);
}

# The name of an administrator who can log in, with the password "secret".
sub administrator {
    my ($name) = @_;
    open my $file, '+<', "$work/administrators" or die "administrators: $!";
    my $line = "$name:{SHA}" . sha1_base64('secret') . "=\n";
    return $name if grep { $_ eq $line } <$file>;
    seek $file, 0, 2;
    print $file $line;
    close $file or die "administrators: $!";
    return $name;
}

# Fails if an answer of the admin API does not match the OpenAPI document.
my $shape;

sub check_shape {
    my ($method, $path, $res) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 2;
    $shape //= ScimShape->new(unjson(scimctl('openapi')));
    my @problems = $shape->problems($method, $path, $res) or return;
    ok(0, "$method $path: the answer is as it is described");
    diag(join "\n", @problems, substr $res->{body}, 0, 400);
}

# Makes a request to the admin API below the tenant, as the administrator "admin". ':base' and ':user' change this; a
# path that starts with // is below the Location itself.
sub admin {
    my ($self, $method, $path, $json, %headers) = @_;
    my $base = delete $headers{':base'} // '/admin';
    my $user = administrator(delete $headers{':user'} // 'admin');
    $path = $path =~ s{^//}{/}r eq $path ? "/tenants/$self->{tenant}$path" : substr $path, 1;
    my $res = $self->request($method, $path, $json, ':base' => $base, Authorization => 'Basic ' . encode_base64("$user:secret", ''),
        'Content-Type' => $method =~ /^(GET|DELETE)$/ ? undef : 'application/json', %headers);
    check_shape($method, $path, $res);
    return $res;
}

# Compares an answer of the admin API.
sub is_admin {
    my ($res, $status, $body, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, $status, "$name: status") or diag substr $res->{body}, 0, 400;
    is($res->{type}, 'application/json', "$name: type");
    return is_json($res->{json}, $body, "$name: body");
}

# Problem details (RFC 9457): `$fields` has the text for each field; undef: the problem has no field.
sub is_problem {
    my ($res, $status, $detail, $fields, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, $status, "$name: status") or diag substr $res->{body}, 0, 400;
    is($res->{type}, 'application/problem+json', "$name: type");
    return is_json($res->{json}, {
        type => 'about:blank', title => $ANY, status => 0 + $status, detail => $detail // $ANY,
        ($fields ? (errors => [map { { field => $_, detail => $fields->{$_} } } sort keys %$fields]) : ()) }, "$name: body");
}

# A list of the admin API.
sub items { return { items => [@_], next => undef } }

# The expected User or Group in an answer: the client's members and the server's. `$version` undef: any version.
sub user  { $_[0]->resource(Users  => $USER,  'User',  @_[1 .. $#_]) }
sub group { $_[0]->resource(Groups => $GROUP, 'Group', @_[1 .. $#_]) }

sub resource {
    my ($self, $endpoint, $schema, $type, $members, $id, $version) = @_;
    return {
        schemas => [$schema, grep { $_ ne $schema } grep {/^urn:/} sort keys %$members],
        %$members,
        id   => $id // $ID,
        meta => {
            resourceType => $type, created => $TIME, lastModified => $TIME,
            location => defined $id ? $self->url . "/$endpoint/$id" : qr{^\Q@{[$self->url]}\E/$endpoint/[0-9a-f-]{36}$},
            version => defined $version ? "W/\"$version\"" : qr{^W/"\d+"$},
        },
    };
}

sub listing {
    my ($total, $start, @resources) = @_;
    return { schemas => ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults => 0 + $total,
        startIndex => 0 + $start, itemsPerPage => scalar @resources, Resources => \@resources };
}

# Creates a resource as a prerequisite of a test, and returns its id.
sub make {
    my ($self, $endpoint, %members) = @_;
    my $schema = $endpoint eq 'Users' ? $USER : $GROUP;
    my $res = $self->request(POST => "/$endpoint", { schemas => [$schema], %members });
    die "cannot create: $res->{status} $res->{body}" unless $res->{status} == 201;
    return $res->{json}{id};
}

sub patch {
    my ($self, $path, $operations, %headers) = @_;
    return $self->request(PATCH => $path, { schemas => [$PATCH], Operations => $operations }, %headers);
}

# Puts "<ok>" on both sides where the expected side has a pattern that matches.
sub _settle {
    my ($got, $expected) = @_;
    if (ref $expected eq 'Regexp') {
        return defined $$got && !ref $$got && $$got =~ $expected ? ($$got = '<ok>') : "<matches $expected>";
    }
    return [map { _settle(ref $$got eq 'ARRAY' ? \$$got->[$_] : \undef, $expected->[$_]) } 0 .. $#$expected]
        if ref $expected eq 'ARRAY';
    return { map { $_ => _settle(ref $$got eq 'HASH' && exists $$got->{$_} ? \$$got->{$_} : \undef, $expected->{$_}) }
            keys %$expected } if ref $expected eq 'HASH';
    return $expected;
}

# Exact comparison, including the types of scalars; a qr// in `$expected` stands for any string that it matches.
sub is_json {
    my ($got, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $copy = defined $got ? unjson(json($got)) : undef;
    $expected = _settle(\$copy, $expected);
    my ($a, $b) = map { defined $_ ? json($_) : 'nothing' } $copy, $expected;
    return ok(1, $name) if $a eq $b;
    ok(0, $name);
    my $pretty = JSON::PP->new->canonical->pretty->allow_nonref;
    diag('got: ' . (defined $copy ? $pretty->encode($copy) : "nothing\n"), 'expected: ', $pretty->encode($expected));
    return 0;
}

sub is_reply {
    my ($res, $status, $body, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, $status, "$name: status") or diag substr $res->{body}, 0, 400;
    is($res->{type}, $TYPE, "$name: type");
    return is_json($res->{json}, $body, "$name: body");
}

sub is_empty {
    my ($res, $status, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, $status, "$name: status") or diag substr $res->{body}, 0, 400;
    return is($res->{body}, '', "$name: no body");
}

sub is_error {
    my ($res, $status, $type, $detail, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_reply($res, $status, {
        schemas => ['urn:ietf:params:scim:api:messages:2.0:Error'], status => "$status",
        (defined $type ? (scimType => $type) : ()), detail => $detail // $ANY }, $name);
}

# Repeats until true, for effects that come a moment later (a log line, a closed connection).
sub eventually {
    my ($test, $seconds) = @_;
    my $end = time + ($seconds // 5);
    while (time < $end) {
        my $result = $test->();
        return $result if $result;
        select undef, undef, undef, 0.05;
    }
    return $test->();
}

sub log_lines {
    my ($name, $pattern) = @_;
    open my $log, '<', "$work/t/logs/$name" or die "$name: $!";
    return grep { $_ =~ $pattern } <$log>;
}

# Restarts httpd gracefully, which also starts the periodic work of its children again.
sub graceful {
    my $generation = log_lines('error_log', qr/AH00493|AH00489.*configured/);
    my ($said, $code) = run_ok("$work/bin/httpd", '-d', "$work/t", '-f', "$work/t/conf/httpd.conf", '-D', 'APACHE2', '-D', 'APACHE2_4', '-D', 'PERL_USEITHREADS', '-k', 'graceful');
    is($code, 0, 'a graceful restart') or diag $said;
    eventually(sub { log_lines('error_log', qr/AH00493|AH00489.*configured/) > $generation }, 10);
}

1;
