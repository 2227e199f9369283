# An httpd whose Locations have Require scim-..., and requests of people to it.
#
#   my $site = ScimAuthz->new($t, <<'CONF', qw(headers));       # Locations; further modules
#   <Location "/staff">
#       Require scim-group "Staff"
#   </Location>
#   CONF
#   $site->ask('/staff', 'kim')                                  # {status, body, headers}, as kim by Basic
#   $site->put('page.html', 'text');  $site->metric('scim_database_round_trips_total');    # a file of the site; a number of its /metrics
#   $site->may('/staff', 'kim', 'kim is allowed');  $site->may_not('/staff', 'lee', 403, 'no group Staff', 'lee is refused');
#
# Each Location has AuthType Basic and the tenant of $t, unless the lines AUTH and TENANT are replaced.
package ScimAuthz;
use strict;
use warnings;
use utf8;
use Exporter 'import';
use MIME::Base64 'encode_base64';
use ScimFront;
use ScimTest;
use Test::More;

our @EXPORT = qw(example openssl passwords);

my $work = $ENV{SCIM_TEST_WORK};

# The password file; everybody's password is "secret".
sub passwords {
    my (@names) = @_;
    for my $name (@names) {
        my $bytes = $name;
        utf8::encode($bytes);
        administrator($bytes);
    }
    return "$work/administrators";
}

# Runs openssl, and returns its output.
sub openssl {
    my ($out, $code) = run_ok('openssl', @_);
    die "openssl @_: $out" if $code;
    return $out;
}

# A complete example from docs/authorization.md.
sub example {
    my ($title) = @_;
    my $page = do { local (@ARGV, $/) = "$work/docs/authorization.md"; <> };
    my ($text) = $page =~ /^### \Q$title\E\n(.*?)(?=^#|\z)/ms or die "no example $title";
    my $code = join "\n", map { s/^    //r } grep {/^    /} split /\n/, $text;
    length $code or die "nothing in the example $title";
    return "$code\n";
}

sub new {
    my ($class, $t, $text, @modules) = @_;
    my $files = "$ScimFront::home/site";
    mkdir $files;
    for my $name (qw(index.html other.html)) {
        open my $out, '>', "$files/$name" or die "$files/$name: $!";
        print $out "$name of the site\n";
    }
    my $file   = passwords('admin');
    my $auth   = qq{AuthType Basic\nAuthName "people"\nAuthUserFile "$file"};
    my $tenant = 'ScimTenant fixed ' . $t->tenant;
    $text =~ s/^\s*AUTH$/$auth/mg;
    $text =~ s/^\s*TENANT$/$tenant/mg;
    my $front = front(<<"CONF", @modules);
DocumentRoot "$files"
<Directory "$files">
Require all granted
</Directory>
AliasMatch "^/[a-z]+\$" "$files/index.html"
LogFormat "%{X-Test-Ask}i %U %>s reason=\\"%{scim-reason}n\\"" authz
CustomLog "$ScimFront::home/access" authz
$text
CONF
    return bless { t => $t, front => $front, files => $files }, $class;
}

my $asked = 0;

sub ask {
    my ($self, $path, $user, %headers) = @_;
    my $port = $self->{front}{port};
    my $request = HTTP::Request->new(delete $headers{':method'} // 'GET', "http://127.0.0.1:$port$path");
    my $content = delete $headers{':content'};
    $request->content($content) if defined $content;
    if (defined $user) {
        passwords($user) unless exists $headers{':unknown'};
        my $bytes = $user;
        utf8::encode($bytes);
        $request->header(Authorization => 'Basic ' . encode_base64("$bytes:secret", ''));
    }
    delete $headers{':unknown'};
    $request->header('X-Test-Ask' => ++$asked);
    $request->push_header($_ => $headers{$_}) for keys %headers;
    my $res = $self->{t}{agent}->request($request);
    return { status => $res->code, body => $res->content, headers => $res->headers };
}

# Adds a file to the site.
sub put {
    my ($self, $name, $text) = @_;
    open my $out, '>', "$self->{files}/$name" or die "$name: $!";
    print $out $text;
    close $out;
}

# A value from the site's metrics, if it has a Location /metrics; 0: there is none with this name.
sub metric {
    my ($self, $name) = @_;
    my $page = $self->{t}->request(GET => '', undef, ':port' => $self->{front}{port}, ':base' => '/metrics', Authorization => undef);
    $page->{status} == 200 or die "no metrics: $page->{status}";
    return $page->{body} =~ /^\Q$name\E (\d+)$/m ? $1 : 0;
}

# The reason in the access log for the latest request.
sub reason {
    my $line = eventually(sub {
        open my $log, '<', "$ScimFront::home/access" or return;
        return (grep {/^$asked /} <$log>)[0];
    });
    return ($line // '') =~ /reason="(.*)"$/ ? $1 =~ s/\\"/"/gr : '';
}

sub error_lines {
    my ($self, $pattern) = @_;
    open my $log, '<', "$self->{front}{dir}/error_log" or return;
    return grep { $_ =~ $pattern } <$log>;
}

sub may {
    my ($self, $path, $user, $name, %headers) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $res = $self->ask($path, $user, %headers);
    return is($res->{status}, 200, $name) || diag(map { substr $_, 0, 400 } $res->{body}, ($self->error_lines(qr/./))[-1]);
}

# A refusal, with its reason in the access log.
sub may_not {
    my ($self, $path, $user, $status, $reason, $name, %headers) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $res = $self->ask($path, $user, %headers);
    is($res->{status}, $status, "$name: status") or diag(($self->error_lines(qr/./))[-1] // '');
    return is($self->reason, $reason // '-', "$name: reason");
}

1;
