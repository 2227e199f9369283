# A client's request takes one query, including its subrequests, internal redirects and several Require lines. Also
# people who log in by a form, whose session outlives their account.
use strict;
use warnings;
use List::Util 'min';
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('once');
my %id = map { $_ => $t->make(Users => userName => $_) } qw(kim lee);
$t->make(Groups => displayName => 'Staff', members => [{ value => $id{kim} }]);
my $files = "$ScimFront::home/site";
my $people = passwords(qw(kim lee));
my $site = ScimAuthz->new($t, <<"CONF", qw(include rewrite dir mime headers request session session_cookie auth_form));
TypesConfig /dev/null
MaxKeepAliveRequests 0
KeepAliveTimeout 60
<Directory "$files">
    Options +Includes
    DirectoryIndex index.shtml
    <FilesMatch "\\.shtml\$">
        SetOutputFilter INCLUDES
        AddType text/html .shtml
    </FilesMatch>
</Directory>
<Location "/once">
    AUTH
    TENANT
    ScimFacts both
    <RequireAny>
        Require scim-role administrator
        Require scim-flag nothing
        Require scim-entitlement nothing
        Require scim-group Staff
        Require scim-user lee
    </RequireAny>
    RewriteEngine On
    RewriteRule "again\$" "/once/index.shtml" [PT]
</Location>
Alias "/once" "$files"
<Location "/form">
    AuthType form
    AuthName people
    AuthFormProvider file
    AuthUserFile "$people"
    Session On
    SessionCookieName session path=/
    TENANT
    Require scim-user
</Location>
AliasMatch "^/form/" "$files/index.html"
<Location "/metrics">
    SetHandler scim-metrics
    Require local
</Location>
CONF
$site->put('one.html', 'one ');
$site->put('two.html', 'two ');
$site->put('index.shtml', join '', map {qq(<!--#include virtual="/once/$_" -->)} qw(one.html two.html one.html two.html));

sub counted {
    return map { $site->metric($_) } 'scim_database_round_trips_total', 'scim_authz_decisions_total{outcome="granted"}', 'scim_authz_decisions_total{outcome="denied"}';
}

# How many round trips a request takes: the fewest of three requests, because the first request of a new connection also prepares
# its statements. The client has one connection with httpd, so that with prefork one process answers it.
sub trips {
    my ($path, $user, $status, $body) = @_;
    $site->ask($path, $user) for 1 .. 20;
    my @trips;
    for (1 .. 3) {
        my ($before) = counted();
        my $res = $site->ask($path, $user);
        my ($after) = counted();
        is($res->{status}, $status, "$path, $user: status");
        is($res->{body}, $body, "$path, $user: the page") if defined $body;
        push @trips, $after - $before;
    }
    return min @trips;
}
is(trips('/once/one.html', 'kim', 200, 'one '), 1, 'five Require lines and the facts: one round trip');
is(trips('/once/index.shtml', 'kim', 200, 'one two one two '), 1, 'four subrequests: one round trip');
is(trips('/once/', 'kim', 200, 'one two one two '), 1, 'a directory with its page and four subrequests: one round trip');
is(trips('/once/again', 'kim', 200, 'one two one two '), 1, 'an internal redirect and four subrequests: one round trip');
is(trips('/once/one.html', 'lee', 200, 'one '), 1, 'another one of the lines: one round trip');
is(trips('/once/one.html', 'admin', 403), 1, 'who is refused: one round trip');

# --- a form, and a session -------------------------------------------------------------------------------------------------------

my $login = $site->ask('/form/x', undef, ':method' => 'POST', ':content' => 'httpd_username=kim&httpd_password=secret', 'Content-Type' => 'application/x-www-form-urlencoded');
my ($cookie) = ($login->{headers}->header('Set-Cookie') // '') =~ /^(session=[^;]+)/;
ok($cookie, 'a form makes a session') or diag $login->{headers}->as_string;
is($site->ask('/form/x', undef)->{status}, 401, 'without a session');
$site->may('/form/x', undef, 'with the session', Cookie => $cookie);
is($t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
$site->may_not('/form/x', undef, 403, 'inactive', 'the session is refused on the next click', Cookie => $cookie);
is($t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'kim is activated');
$site->may('/form/x', undef, 'and let in again', Cookie => $cookie);
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
