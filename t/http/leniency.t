# The logs name each leniency with which a request was accepted although RFC 7644 does not allow it.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('leniency');
my $who = "tenant=\Q$t->{tenant}\E token=test";

my $res = $t->request(POST => '/Users', { userName => 'u', active => 'False' });
is($res->{status}, 201, 'a boolean as a string, and no schemas');
my $names = 'boolean-string,no-schemas';
ok((log_lines('error_log', qr{\[scim:info\].*$who request=\S+ POST /scim/v2/\S+/Users: leniency: $names$}))[0],
    'one line of the error log names both');
ok((log_lines('access_log', qr/^POST \S+ 201 $who .* leniency="$names"$/))[0], 'and so does the note');

$res = $t->patch("/Users/$res->{json}{id}", [{ op => 'replace', path => 'active', value => 'True' },
    { op => 'remove', path => 'userName' }]);
is_error($res, 400, 'mutability', undef, 'a refused request');
ok((log_lines('error_log', qr{\[scim:info\].*$who request=\S+ PATCH /scim/v2/\S+: leniency: boolean-string$}))[0],
    'tells of its leniencies, too');

$res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'strict', active => false });
is($res->{status}, 201, 'what the RFC says');
ok(eventually(sub { (log_lines('access_log', qr/^POST \S+ 201 $who .* leniency="-"$/))[0] }), 'needs none');
my $stranger = ScimTest->new('leniency-stranger')->{token};
is($t->request(POST => '/Users', { userName => 'stranger' }, Authorization => "Bearer $stranger")->{status}, 401, 'a stranger');
is(scalar(log_lines('error_log', qr/tenant=\Q$t->{tenant}\E .*: leniency: /)), 2, 'of whom no leniency is told');

done_testing;
