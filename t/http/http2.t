# HTTP/2: a client that is refused before its body was read gets the answer, however slowly the body arrives.
use strict;
use warnings;
use Test::More;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('http2');
my $front = front(<<"CONF", 'http2');
Protocols h2c http/1.1
<Location "/scim/v2">
    SetHandler scim
    ScimTenant path
</Location>
<Location "/scim/v2/closed">
    Require all denied
</Location>
<Location "/scim-admin">
    SetHandler scim-admin
    AuthType Basic
    AuthName "administrators"
    AuthUserFile "$ENV{SCIM_TEST_WORK}/administrators"
    Require valid-user
</Location>
CONF
my $home = "http://127.0.0.1:$front->{port}";
my %file = map { my $name = "$ENV{SCIM_TEST_WORK}/tmp/http2-$$-$_"; open my $out, '>', $name or die "$name: $!"; print $out 'x' x $_; close $out; $_ => $name } 81, 60_000, 200_000;

# The status, and whether the body is a SCIM error.
sub answer {
    my ($method, $path, $bytes, $token, $base) = @_;
    $base //= $t->{base};
    my ($text) = run_ok(qw(curl -sS -i --http2-prior-knowledge -m 20 --limit-rate 400k -X), $method, '-H', "Authorization: Bearer $token",
        '-H', "Content-Type: $TYPE", '--data-binary', "\@$file{$bytes}", "$home$base$path");
    my ($status) = $text =~ m{^HTTP/2 (\d+)};
    return join ' ', $status // "none: $text", $text =~ /"status":"\d+"/ ? 'told' : ();
}

for (['404 told', POST => '/Bulk/x', $t->{token}, 'nothing is there'], ['401 told', POST => '/Bulk', "$t->{token}x", 'a stranger'],
     ['405 told', PUT => '/Bulk', $t->{token}, 'no such method'], ['415 told', POST => '/Users', $t->{token}, 'another type', 'text/plain']) {
    my ($wanted, $method, $path, $token, $name, $type) = @$_;
    local $TYPE = $type // $TYPE;
    is(answer($method, $path, $_, $token), $wanted, "$name, $_ bytes") for (81) x 5, 60_000, 200_000;
}
is(answer(DELETE => '/Users/nobody', 60_000, $t->{token}), '404 told', 'a body that nobody expects');
# What httpd itself refuses, before the module is asked.
is(answer(POST => '/Users', $_, $t->{token}, '/scim/v2/closed'), '403 told', "Require, $_ bytes") for (81) x 20, 60_000, 200_000;
is(answer(POST => '/tenants', $_, 'x', '/scim-admin'), '401', "the admin API without a login, $_ bytes") for (81) x 20, 60_000, 200_000;

unlink values %file;
done_testing;
