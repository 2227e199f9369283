# A provider's requests (t/http/idp_*.t) with OAuth client credentials: it gets an access token in its own way, sends its requests with that, and
# gets another one when the answer is 401. The tokens expire several times during the requests.
#
#   as_provider('Okta', 'idp_okta_oin.t', sub { my ($id, $secret) = @_; return ({ grant_type => ..., scope => 'scim' }, Authorization => ...) });
package ScimOAuth;
use strict;
use warnings;
use Exporter 'import';
use ScimTest;
use Test::More;
use URI::Escape 'uri_escape_utf8';

our @EXPORT = 'as_provider';

my $EVERY = 5;    # requests, after which the access token has expired
my $send  = \&ScimTest::request;
my ($how, $sent, $got, $denied, @oddities);

sub fetch {
    my ($t) = @_;
    my ($form, %headers) = $how->(substr($t->{token}, 5, 10), $t->{token});
    my $body = join '&', map { "$_=" . uri_escape_utf8($form->{$_}) } sort keys %$form;
    my $res = $send->($t, POST => '/oauth2/token', $body, 'Content-Type' => 'application/x-www-form-urlencoded', Authorization => undef, %headers);
    push @oddities, "no access token: $res->{status} $res->{body}" unless $res->{status} == 200 && ($res->{json}{token_type} // '') eq 'Bearer';
    $got++;
    return $t->{access} = $res->{json}{access_token};
}

sub expire {
    my ($t) = @_;
    sql("update scim.access_token set expires = now() - interval '1 second' where tenant = '$t->{tenant}'");
}

sub request {
    my ($t, $method, $path, $json, %headers) = @_;
    return $send->(@_) if exists $headers{Authorization} || ($headers{':base'} // $t->{base}) ne $t->{base};
    fetch($t) unless $t->{access};
    expire($t) if ++$sent % $EVERY == 0;
    my $res = $send->($t, $method, $path, $json, %headers, Authorization => "Bearer $t->{access}");
    return $res unless $res->{status} == 401;
    $denied++;
    push @oddities, 'WWW-Authenticate: ' . ($res->{headers}->header('WWW-Authenticate') // '') unless ($res->{headers}->header('WWW-Authenticate') // '') =~ /error="invalid_token"/;
    fetch($t);
    return $send->($t, $method, $path, $json, %headers, Authorization => "Bearer $t->{access}");
}

sub as_provider {
    my ($name, $file, $gets) = @_;
    ($how, $sent, $got, $denied, @oddities) = ($gets, 0, 0, 0);
    my $text = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/t/http/$file"; <> };
    my $package = 'ScimOAuth::' . ucfirst $file =~ s/\W/_/gr;
    subtest "$name: $file" => sub {
        no warnings 'redefine';
        local *ScimTest::request = \&request;
        eval qq{package $package;\n#line 1 "$file"\n$text\n1} or ok(0, "the sequence ends: $@");
    };
    cmp_ok($denied, '>=', 1, "$name: was answered 401 within the sequence, $denied times in $sent requests");
    is($got, $denied + 1, "$name: got one access token first, and one after each");
    return is_deeply(\@oddities, [], "$name: each of them as RFC 6749 and RFC 6750 say");
}

1;
